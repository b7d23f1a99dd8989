// The identifiers in journal lines, which are nearly all of their bytes: read as keys where they stand, or as texts for who needs those.

using System.Text.Json;
using EsimTools.Model;
using EsimTools.Proof;

namespace EsimTools.Store.Lines;

/// <summary>Reads arrays of identifiers, as keys where something takes them and as texts otherwise. Tools write an array of one as that one.</summary>
internal static class JournalIdentifiers
{
    /// <summary>Reads the profiles of a request.</summary>
    public static void ReadProfiles(ref Utf8JsonReader json, JournalKeys? keys, ref List<EsimProfile>? profiles)
    {
        var isOne = json.TokenType == JsonTokenType.StartObject;
        if (!isOne && json.TokenType != JsonTokenType.StartArray)
        {
            json.Skip();
            return;
        }

        if (keys is null)
        {
            profiles = [];
        }
        else
        {
            keys.HasProfiles = true;
            keys.Profiles.Clear();
        }

        while (isOne || (json.Read() && json.TokenType != JsonTokenType.EndArray))
        {
            if (json.TokenType != JsonTokenType.StartObject)
            {
                // Somebody all the same, of whom nothing can be told.
                json.Skip();
                keys?.Profiles.Add(default);
            }
            else if (keys is null)
            {
                profiles!.Add(ReadProfile(ref json));
            }
            else
            {
                keys.Profiles.Add(ReadProfileKeys(ref json, keys));
            }

            if (isOne)
            {
                return;
            }
        }
    }

    /// <summary>Reads the ICCIDs that an outcome is about, or the EIDs for an action on devices.</summary>
    public static void ReadIds(ref Utf8JsonReader json, JournalKeys? keys, ref List<string>? ids)
    {
        var isOne = json.TokenType is JsonTokenType.String or JsonTokenType.Number;
        if (!isOne && json.TokenType != JsonTokenType.StartArray)
        {
            json.Skip();
            return;
        }

        if (keys is null)
        {
            ids = [];
        }
        else
        {
            keys.Ids.Clear();
        }

        while (isOne || (json.Read() && json.TokenType != JsonTokenType.EndArray))
        {
            if (keys is null)
            {
                if (JournalValue.Text(ref json) is { } id)
                {
                    ids!.Add(id);
                }
            }
            else
            {
                var digit = Digits(json)?.DigitLeftOff;
                var key = Key(ref json, keys);
                keys.Ids.Add(new(key, key.IsHidden && digit is null ? Spoken.HiddenCheckDigit : (byte?)digit ?? Spoken.NoCheckDigit));
            }

            if (isOne)
            {
                return;
            }
        }
    }

    /// <summary>Reads the EIDs on which the service has placed them.</summary>
    public static void ReadEids(ref Utf8JsonReader json, JournalKeys? keys, ref List<string?>? eids)
    {
        var isOne = json.TokenType is JsonTokenType.String or JsonTokenType.Number;
        if (!isOne && json.TokenType != JsonTokenType.StartArray)
        {
            json.Skip();
            return;
        }

        while (isOne || (json.Read() && json.TokenType != JsonTokenType.EndArray))
        {
            if (keys is null)
            {
                (eids ??= []).Add(JournalValue.Text(ref json));
            }
            else
            {
                keys.Eids.Add(Key(ref json, keys));
            }

            if (isOne)
            {
                return;
            }
        }
    }

    private static EsimProfile ReadProfile(ref Utf8JsonReader json)
    {
        string? iccid = null;
        string? eid = null;
        string? imei = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString();
            json.Read();
            switch (name)
            {
                case "iccid": iccid = JournalValue.Text(ref json); break;
                case "eid": eid = JournalValue.Text(ref json); break;
                case "imei": imei = JournalValue.Text(ref json); break;
                default: json.Skip(); break;
            }
        }

        return new EsimProfile { Iccid = iccid, Eid = eid, Imei = imei };
    }

    private static ProfileKeys ReadProfileKeys(ref Utf8JsonReader json, JournalKeys keys)
    {
        IdentifierKey iccid = default;
        IdentifierKey eid = default;
        IdentifierKey imei = default;
        byte twentieth = 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            // The names differ in their lengths and first letters, and nothing else is written here.
            var isIccid = json.ValueTextEquals("iccid"u8);
            var isEid = !isIccid && json.ValueTextEquals("eid"u8);
            var isImei = !isIccid && !isEid && json.ValueTextEquals("imei"u8);
            if (!isIccid && !isEid && !isImei)
            {
                // Whether it is a text at all: a line that is damaged is damaged for whoever reads it.
                _ = json.GetString();
            }

            json.Read();
            if (isIccid)
            {
                var digits = Digits(json);
                iccid = Key(ref json, keys);
                twentieth = digits?.Twentieth ?? (iccid.IsHidden ? ProfileKeys.HiddenTwentieth : (byte)0);
            }
            else if (isEid)
            {
                eid = Key(ref json, keys);
            }
            else if (isImei)
            {
                imei = Key(ref json, keys);
            }
            else
            {
                json.Skip();
            }
        }

        return new(iccid, eid, imei) { Twentieth = twentieth };
    }

    // The digits as they are written, by a tool perhaps as a number or with escapes; null where there are none.
    private static IdentifierKey? Digits(in Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.String && !json.ValueIsEscaped)
        {
            return IdentifierKey.Of(json.ValueSpan);
        }

        // What stands there is read once more by whoever takes it.
        var same = json;
        return json.TokenType is JsonTokenType.String or JsonTokenType.Number ? IdentifierKey.Of(JournalValue.Text(ref same)) : null;
    }

    private static IdentifierKey Key(ref Utf8JsonReader json, JournalKeys keys)
    {
        if (json.TokenType == JsonTokenType.String && !json.ValueIsEscaped && IdentifierKey.Of(json.ValueSpan) is { } digits)
        {
            return IdentifierHasher.KeyOf(keys.Hasher, digits);
        }

        var other = JournalValue.Text(ref json);
        keys.HasUnknown |= keys.Hasher is null && IdentifierKey.IsHash(other);
        return other is not null ? IdentifierHasher.KeyOf(keys.Hasher, other) ?? default : default;
    }
}

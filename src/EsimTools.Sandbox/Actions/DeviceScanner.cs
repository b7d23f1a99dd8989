// The quick way through the one part of a request that is long. A JSON reader looks at 23 tokens for each device; this compares
// bytes. It only ever takes what is beyond doubt and leaves everything else, errors above all, to the JSON reader.

using EsimTools.Sandbox.Profiles;

namespace EsimTools.Sandbox.Actions;

/// <summary>Reads entries of <c>devices</c> as long as they are plain: no white space, known names in the documents' order, no escapes, valid identifiers.</summary>
internal ref struct DeviceScanner
{
    private readonly ReadOnlySpan<byte> _text;
    private readonly ProfileAction _action;
    private int _at;

    /// <summary>A scanner that begins right behind the array's opening bracket.</summary>
    public DeviceScanner(ReadOnlySpan<byte> text, ProfileAction action)
    {
        _text = text;
        _action = action;
    }

    /// <summary>
    /// Where the JSON reader goes on, as if nothing had come before: at an entry that was not taken, or at the array's end.
    /// </summary>
    public int Position { get; private set; }

    /// <summary>Reads the next entry; false when there is none or it is not plain.</summary>
    public bool TryRead(out ActionTarget target)
    {
        _at = Position;
        if (!TryReadEntry(out target))
        {
            return false;
        }

        // The comma is taken with its entry, so that the JSON reader finds what may follow an opening bracket: an entry, or the end.
        var isGood = Take(","u8) ? IsNext((byte)'{') : IsNext((byte)']');
        if (isGood)
        {
            Position = _at;
        }

        return isGood;
    }

    private bool TryReadEntry(out ActionTarget target)
    {
        target = default;
        var given = IdKinds.None;
        if (!Take("{\"deviceIds\":["u8))
        {
            return false;
        }

        do
        {
            if (!TryReadId(ref target, ref given))
            {
                return false;
            }
        }
        while (Take(","u8));

        return Take("]}"u8) && (_action.RequiredKinds & ~given) == IdKinds.None;
    }

    private bool TryReadId(ref ActionTarget target, ref IdKinds given)
    {
        var kind = Take("{\"kind\":\"eid\",\"id\":\""u8) ? IdKinds.Eid
            : Take("{\"kind\":\"iccid\",\"id\":\""u8) ? IdKinds.Iccid
            : Take("{\"kind\":\"imei\",\"id\":\""u8) ? IdKinds.Imei
            : IdKinds.None;
        if ((kind & _action.Kinds & ~given) == IdKinds.None)
        {
            return false;
        }

        given |= kind;
        return TryReadDigits(out var id) && target.TrySet(kind, id) && Take("\"}"u8);
    }

    private bool TryReadDigits(out Digits digits)
    {
        var rest = _text.Slice(_at);
        var length = Math.Max(0, rest.IndexOf((byte)'"'));
        _at += length;
        return Digits.TryParse(rest.Slice(0, length), out digits);
    }

    private readonly bool IsNext(byte wanted) => _at < _text.Length && _text[_at] == wanted;

    private bool Take(ReadOnlySpan<byte> wanted)
    {
        if (!_text.Slice(_at).StartsWith(wanted))
        {
            return false;
        }

        _at += wanted.Length;
        return true;
    }
}

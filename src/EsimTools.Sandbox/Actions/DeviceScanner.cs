// The quick way through the one part of a request that is long. A JSON reader looks at 23 tokens for each device; this looks at
// the bytes once. It only ever takes what is beyond doubt and leaves everything else, errors above all, to the JSON reader.

using EsimTools.Sandbox.Profiles;

namespace EsimTools.Sandbox.Actions;

/// <summary>Reads entries of <c>devices</c> as long as they are plain: known names, no escapes, valid identifiers.</summary>
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
        var isGood = Take((byte)',') ? Peek() == '{' : Peek() == ']';
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
        if (!Take((byte)'{') || !Take("\"deviceIds\""u8) || !Take((byte)':') || !Take((byte)'['))
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
        while (Take((byte)','));

        return Take((byte)']') && Take((byte)'}') && (_action.RequiredKinds & ~given) == IdKinds.None;
    }

    private bool TryReadId(ref ActionTarget target, ref IdKinds given)
    {
        if (!Take((byte)'{') || !Take("\"kind\""u8) || !Take((byte)':'))
        {
            return false;
        }

        var kind = Take("\"iccid\""u8) ? IdKinds.Iccid : Take("\"eid\""u8) ? IdKinds.Eid : Take("\"imei\""u8) ? IdKinds.Imei : IdKinds.None;
        if ((kind & _action.Kinds & ~given) == IdKinds.None)
        {
            return false;
        }

        given |= kind;
        return Take((byte)',') && Take("\"id\""u8) && Take((byte)':') && TryReadDigits(out var id) && target.TrySet(kind, id) && Take((byte)'}');
    }

    private bool TryReadDigits(out Digits digits)
    {
        digits = default;
        if (!Take((byte)'"'))
        {
            return false;
        }

        var rest = _text.Slice(_at);
        var length = rest.IndexOf((byte)'"');
        if (length < 0 || !Digits.TryParse(rest.Slice(0, length), out digits))
        {
            return false;
        }

        _at += length + 1;
        return true;
    }

    private int Peek()
    {
        while (_at < _text.Length && _text[_at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            _at++;
        }

        return _at < _text.Length ? _text[_at] : -1;
    }

    private bool Take(byte wanted)
    {
        if (Peek() != wanted)
        {
            return false;
        }

        _at++;
        return true;
    }

    private bool Take(ReadOnlySpan<byte> wanted)
    {
        Peek();
        if (!_text.Slice(_at).StartsWith(wanted))
        {
            return false;
        }

        _at += wanted.Length;
        return true;
    }
}

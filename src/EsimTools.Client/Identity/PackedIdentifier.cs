// An identifier as a profile keeps it: ten thousand profiles are one object each, and not one with three texts.

namespace EsimTools.Identity;

/// <summary>An identifier that takes no object of its own where it is up to 32 digits; any other text is kept as it is.</summary>
internal readonly record struct PackedIdentifier
{
    private readonly string? _text;

    /// <summary>Packs a text; null is no identifier.</summary>
    public PackedIdentifier(string? text)
    {
        Digits = IdentifierKey.Of(text) ?? default;
        _text = Digits.IsNone ? text : null;
    }

    /// <summary>The digits; none where there is no identifier or another text.</summary>
    public IdentifierKey Digits { get; }

    /// <summary>Whether there is no identifier.</summary>
    public bool IsNone => Digits.IsNone && _text is null;

    /// <summary>Whether it is something else than digits.</summary>
    public bool IsOther => _text is not null;

    /// <summary>The identifier as it was given; null where there is none.</summary>
    public string? Text => _text ?? (Digits.IsNone ? null : Digits.ToDigits());
}

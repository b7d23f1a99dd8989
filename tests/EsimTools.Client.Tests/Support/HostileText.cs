// Texts that nobody should ever get to see as they are, and a look through everything that a person gets to see.

using System.Collections;
using System.Globalization;
using System.Reflection;

namespace EsimTools.Client.Tests.Support;

/// <summary>What an attacker would have the service say.</summary>
internal static class HostileText
{
    /// <summary>Commands to a terminal, another order of reading, a second line, and what is not seen; too long for a word.</summary>
    public static readonly string Sample = "X\u001b[2J\u0007\r\nPS> \u202egnp\u2066\u200f\u061c\u2028\u0085\u200b\ufeff\u009b" + new string('y', 2000);

    /// <summary>The same inside a JSON string.</summary>
    public static readonly string Json = string.Concat(Sample.Select(c => c is >= ' ' and <= '~' ? c.ToString() : $"\\u{(int)c:x4}"));

    /// <summary>Fails where a text holds something that is not seen, or is longer than anything that is worth reading.</summary>
    public static void AssertShown(string text)
    {
        Assert.InRange(text.Length, 0, 5000);
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                var pair = CharUnicodeInfo.GetUnicodeCategory(char.ConvertToUtf32(text, i++));
                Assert.False(pair is UnicodeCategory.Format or UnicodeCategory.PrivateUse, text);
                continue;
            }

            Assert.False(
                char.GetUnicodeCategory(text[i]) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator,
                $"U+{(int)text[i]:x4} at {i} of: {string.Concat(text.Select(c => c is >= ' ' and <= '~' ? c.ToString() : $"<{(int)c:x4}>"))}");
        }
    }

    /// <summary>Looks through the public properties of an object, of all in it, and at its text, and returns how many texts there were.</summary>
    public static int AssertShown(object? value, string path = "", HashSet<object>? seen = null)
    {
        seen ??= new(ReferenceEqualityComparer.Instance);
        switch (value)
        {
            case null:
                return 0;
            case string text:
                AssertShown(text);
                return 1;
            case IEnumerable list when seen.Add(value):
                return list.Cast<object?>().Take(100).Sum(item => AssertShown(item, path + "[]", seen));
            case Uri address:
                AssertShown(address.ToString());
                AssertShown(address.OriginalString);
                return 1;
        }

        var type = value.GetType();
        if (type.Namespace?.StartsWith("EsimTools", StringComparison.Ordinal) != true || type.IsEnum || !seen.Add(value))
        {
            return 0;
        }

        // The text of an exception has lines of its own, for its stack.
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.GetIndexParameters().Length == 0 && property.DeclaringType != typeof(Exception)).ToArray();
        var count = 1;
        if (value is Exception error)
        {
            AssertShown(error.Message);
        }
        else if (!properties.Any(property => typeof(Exception).IsAssignableFrom(property.PropertyType)))
        {
            AssertShown(value.ToString()!);
        }

        foreach (var property in properties)
        {
            count += AssertShown(property.GetValue(value), $"{path}.{property.Name}", seen);
        }

        return count;
    }
}

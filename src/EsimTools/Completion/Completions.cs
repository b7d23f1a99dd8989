// What all completers share: the connection that a half-typed command would use, and quoting.

using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using EsimTools.Abstractions;

namespace EsimTools.Completion;

/// <summary>Helps completers.</summary>
internal static class Completions
{
    /// <summary>The connection that the half-typed command would use; null when there is none.</summary>
    public static EsimConnection? Connection(IDictionary boundParameters) =>
        boundParameters["Connection"] is { } given
            ? (given is PSObject wrapped ? wrapped.BaseObject : given) as EsimConnection
            : DefaultConnection.Current;

    /// <summary>The values that begin with the word, quoted where the language needs it.</summary>
    public static IEnumerable<CompletionResult> From(string wordToComplete, IEnumerable<(string Value, string ToolTip)> values)
    {
        var word = (wordToComplete ?? string.Empty).Trim('\'', '"');
        foreach (var (value, toolTip) in values)
        {
            if (value.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            {
                var needsQuotes = value.Any(c => !(char.IsLetterOrDigit(c) || c is '-' or '_' or '.'));
                var text = needsQuotes ? $"'{CodeGeneration.EscapeSingleQuotedStringContent(value)}'" : value;
                yield return new CompletionResult(text, value, CompletionResultType.ParameterValue, toolTip);
            }
        }
    }
}

// What all completers share: the connection that a half-typed command would use, what is said of a run, and quoting.

using System.Collections;
using System.Globalization;
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

    /// <summary>What tells a run from others: its action, its time in UTC, and why or by whom.</summary>
    public static string TipOf(EsimRunSummary run) =>
        string.Format(CultureInfo.InvariantCulture, "{0} {1:yyyy-MM-dd HH:mm}Z {2}", run.Action, run.StartedAt.UtcDateTime, run.Reason ?? run.UserName).TrimEnd();

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

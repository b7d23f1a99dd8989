// The file of a plan: what is signed, its digest, and the signatures. It is written beside and put in place in one step.

using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using EsimTools.Protocol;

namespace EsimTools.Plans;

/// <summary>Reads and writes files of plans.</summary>
internal static class PlanFile
{
    private const string Format = "EsimTools.Plan";
    private const int Version = 1;

    /// <summary>Writes a plan to a file.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimPlanUnusable"/>.</exception>
    public static void Save(EsimPlan plan, string path, bool overwrite)
    {
        Replace(path, overwrite, file =>
        {
            Write(file, $"{{\n  \"format\": \"{Format}\",\n  \"version\": {Version},\n  \"plan\": ");
            using var digested = new DigestedStream(file);
            PlanText.Write(plan, digested);
            plan.Digest = digested.Complete();
            WriteEnd(file, plan.Digest, plan.Signatures);
        });
        plan.Path = Path.GetFullPath(path);
    }

    /// <summary>Adds a signature to the file that a plan was read from; what is signed stays byte by byte as it is.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimPlanUnusable"/>, or <see cref="EsimError.EsimPlanChanged"/>: it is not the plan that was read.</exception>
    public static EsimPlan AddSignature(EsimPlan plan, byte[] signature)
    {
        var (bytes, parts) = Open(plan.Path!);
        if (parts.Digest != plan.Digest)
        {
            throw new EsimException(EsimError.EsimPlanChanged, $"'{plan.Path}' is not the plan that was read from it.", "Read it again with Get-EsimPlan.");
        }

        Replace(plan.Path!, overwrite: true, file =>
        {
            Write(file, $"{{\n  \"format\": \"{Format}\",\n  \"version\": {Version},\n  \"plan\": ");
            file.Write(bytes, parts.Start, parts.Length);
            WriteEnd(file, parts.Digest, [.. parts.Signatures, signature]);
        });
        return Load(plan.Path!);
    }

    /// <summary>Reads a plan from a file.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimPlanUnusable"/>, <see cref="EsimError.EsimPlanChanged"/>.</exception>
    public static EsimPlan Load(string path)
    {
        var (bytes, parts) = Open(path);
        try
        {
            var plan = PlanReader.Read(new(bytes, parts.Start, parts.Length));
            plan.Digest = parts.Digest;
            plan.Signatures = parts.Signatures;
            plan.Path = Path.GetFullPath(path);
            return plan;
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException or EsimException or OverflowException)
        {
            throw Unusable(path, e is JsonException ? "it is not valid JSON" : e.Message.TrimEnd('.'), e);
        }
    }

    private static (byte[] Bytes, PlanParts Parts) Open(string path)
    {
        byte[] bytes;
        PlanParts parts;
        try
        {
            bytes = File.ReadAllBytes(path);
            parts = PlanParts.Find(bytes, Format, Version);
            if (DuplicateMembers.Has(bytes))
            {
                throw new FormatException("it says something twice");
            }
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            throw Unusable(path, e is FormatException ? e.Message : "it is not valid JSON", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.SecurityException or ArgumentException or NotSupportedException)
        {
            throw Unusable(path, e.Message.TrimEnd('.'), e);
        }

        if (PlanDigest.Of(bytes.AsSpan(parts.Start, parts.Length)) != parts.Digest)
        {
            throw new EsimException(
                EsimError.EsimPlanChanged, $"The plan in '{path}' is not as it was written: its digest does not fit.", "Whatever was changed, make a new plan with New-EsimPlan; signatures count for one plan alone.");
        }

        return (bytes, parts);
    }

    private static void Replace(string path, bool overwrite, Action<FileStream> write)
    {
        var beside = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            if (!overwrite && File.Exists(path))
            {
                throw Unusable(path, "it is there already", null, "Give another -Path, or -Force to replace it.");
            }

            using (var file = new FileStream(beside, FileMode.CreateNew, FileAccess.Write))
            {
                write(file);
                file.Flush(flushToDisk: true);
            }

            if (overwrite && File.Exists(path))
            {
                File.Replace(beside, path, null);
            }
            else
            {
                File.Move(beside, path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.SecurityException or ArgumentException or NotSupportedException)
        {
            throw Unusable(path, e.Message.TrimEnd('.'), e);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    private static void WriteEnd(FileStream file, string digest, IReadOnlyList<byte[]> signatures)
    {
        var texts = signatures.Select(signature => $"\n    \"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(Convert.ToBase64String(signature))}\"");
        Write(file, $",\n  \"digest\": \"{digest}\",\n  \"signatures\": [{string.Join(",", texts)}{(signatures.Count > 0 ? "\n  " : string.Empty)}]\n}}\n");
    }

    private static void Write(FileStream file, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        file.Write(bytes, 0, bytes.Length);
    }

    private static EsimException Unusable(string path, string problem, Exception? cause, string advice = "Give the file that New-EsimPlan has written.") =>
        new(EsimError.EsimPlanUnusable, $"The plan '{path}' cannot be used: {problem}.", advice, cause);
}

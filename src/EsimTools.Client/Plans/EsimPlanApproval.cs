// An approval of a plan: a signature over its digest, and whether it is a good one. Whether its signer counts is for the policy to say.

namespace EsimTools;

/// <summary>A signature in the file of a plan.</summary>
public sealed record EsimPlanApproval
{
    /// <summary>The subject of the signer's certificate; empty where it cannot be read.</summary>
    public required string Subject { get; init; }

    /// <summary>The SHA-1 thumbprint of the certificate, as Windows and PowerShell show it; empty where it cannot be read.</summary>
    public required string Thumbprint { get; init; }

    /// <summary>The SHA-256 thumbprint of the certificate; empty where it cannot be read.</summary>
    public required string Sha256Thumbprint { get; init; }

    /// <summary>When it was signed, in UTC, as the signer says; null where nothing is said.</summary>
    public DateTimeOffset? SignedAt { get; init; }

    /// <summary>Whether the certificate's key has signed this very plan, at a time at which the certificate was valid.</summary>
    public bool IsValid => Problem is null;

    /// <summary>Why it is no good signature; null where it is one.</summary>
    public string? Problem { get; init; }

    /// <inheritdoc/>
    public override string ToString() => IsValid ? $"{Subject}, {Clock.ToIso(SignedAt!.Value)}" : $"{(Subject.Length > 0 ? Subject : "somebody")}: not valid, {Problem}";
}

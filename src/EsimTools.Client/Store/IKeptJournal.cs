// A journal as it is kept, with the lines of all services: for who copies or clears it while nobody else writes there.

namespace EsimTools.Store;

/// <summary>A whole journal, in a folder or in a database. Not thread-safe.</summary>
internal interface IKeptJournal : IDisposable
{
    /// <summary>What a person knows it by.</summary>
    string Title { get; }

    /// <summary>What it is known by, however it was named: two with the same one are one journal.</summary>
    string Identity { get; }

    /// <summary>The folder for what stays on this machine.</summary>
    string Folder { get; }

    /// <summary>The key that identifiers are hidden behind; null where none are hidden.</summary>
    byte[]? Key { get; }

    /// <summary>The services of its lines, in small letters.</summary>
    IReadOnlyCollection<string> Services();

    /// <summary>Waits until nobody is choosing what to send or writes lines, for any of some services, and keeps it so until this is disposed.</summary>
    /// <param name="services">The services.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    Task EnterAsync(IReadOnlyCollection<string> services, CancellationToken cancellationToken);

    /// <summary>Who is still there to write, in words; empty where nobody is.</summary>
    IReadOnlyList<string> Writers();

    /// <summary>The files of this machine with answers that are not in the journal yet; empty where there are none.</summary>
    IReadOnlyList<string> FindUndelivered();

    /// <summary>The policy, as text; null where there is none.</summary>
    string? ReadPolicy();

    /// <summary>Its lines, archived ones first, those of a service in the order in which a connection reads them.</summary>
    /// <param name="report">Told of what cannot be used, which is left out.</param>
    IEnumerable<KeptLine> Read(Action<string> report);

    /// <summary>Begins to change it. Until <see cref="End"/> no connection can be opened on what is half done.</summary>
    void Begin();

    /// <summary>Takes the key over, where there is none.</summary>
    void TakeKey(byte[] key);

    /// <summary>Writes the policy, where there is none.</summary>
    void WritePolicy(string text);

    /// <summary>Adds lines behind those that are there, in their order.</summary>
    void Append(IEnumerable<KeptLine> lines);

    /// <summary>The requests of which lines may be left, because their removal was broken off.</summary>
    IReadOnlyCollection<string> HalfRemoved { get; }

    /// <summary>Takes lines away. Broken off, it is finished by another one that takes away what is left of <see cref="HalfRemoved"/>.</summary>
    /// <param name="requests">The requests of which all lines go.</param>
    /// <param name="goes">Which lines go.</param>
    void Remove(IReadOnlyCollection<string> requests, Func<KeptLine, bool> goes);

    /// <summary>What was changed is whole and on the disk.</summary>
    void End();
}

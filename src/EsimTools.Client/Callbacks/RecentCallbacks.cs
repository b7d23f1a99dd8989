// Remembers which messages have been recorded, because the service sends a message again when it does not hear in time that it arrived.

using System.Security.Cryptography;
using System.Text;

namespace EsimTools.Callbacks;

/// <summary>The newest messages, told apart by all that they say of whom. Not thread-safe.</summary>
/// <remarks>
/// The service repeats a message for a quarter of an hour. What is forgotten by then is recorded once more, which costs a line and nothing else.
/// </remarks>
internal sealed class RecentCallbacks(int most)
{
    private readonly HashSet<Key> _known = [];
    private readonly Queue<Key> _order = new();

    /// <summary>What a message is known by. A hash that nobody can make collide, so that no message passes for another.</summary>
    /// <remarks>Without a request id it is told apart by its moment, too: the same change may be made twice, and hearing it twice costs a question.</remarks>
    public static Key KeyOf(EsimCallback callback)
    {
        var moment = callback.RequestId.Length == 0 ? callback.ReceivedAt?.UtcTicks : null;
        var text = $"{moment}{callback.ExternalChange}\n{callback.RequestId.ToUpperInvariant()}\n{callback.Iccid}\n{callback.Eid}\n{callback.Imei}\n{callback.Status}\n{callback.State}\n{callback.ProfileStatus}\n{callback.ProfileRole}\n{callback.IccidBeside}\n"
            + string.Join("\n", callback.ListedProfiles.Select(said => $"{said.Identifiers.Iccid},{said.Identifiers.Eid},{said.Identifiers.Imei},{said.Said.State},{said.Said.ProfileStatus},{said.Said.ProfileRole}"))
            + string.Concat(callback.FailedEither.Select(static either => $"\n{either.Iccid}"));
        using var algorithm = SHA256.Create();
        var hash = algorithm.ComputeHash(Encoding.UTF8.GetBytes(text));
        return new(BitConverter.ToUInt64(hash, 0), BitConverter.ToUInt64(hash, sizeof(ulong)));
    }

    /// <summary>Whether the message has been recorded.</summary>
    public bool Contains(Key key) => _known.Contains(key);

    /// <summary>Notes that the message has been recorded, and forgets the oldest when there are too many.</summary>
    public void Add(Key key)
    {
        if (!_known.Add(key))
        {
            return;
        }

        _order.Enqueue(key);
        if (_order.Count > most)
        {
            _known.Remove(_order.Dequeue());
        }
    }

    /// <summary>Half of a SHA-256.</summary>
    internal readonly record struct Key(ulong High, ulong Low);
}

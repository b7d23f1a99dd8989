// Where the lines of each request stand in the folder, so that a request can be made again without reading everything.

namespace EsimTools.Store.Folder;

/// <summary>Places of lines by the journal's id of their request. Not thread-safe.</summary>
internal sealed class JournalPlaces
{
    private readonly Dictionary<string, List<JournalPlace>> _places = new(StringComparer.Ordinal);

    /// <summary>Where the lines of a request stand, in the order in which they were found.</summary>
    public IReadOnlyList<JournalPlace> Of(string localId) => _places.TryGetValue(localId, out var found) ? found : [];

    /// <summary>Notes a line; one that names no request has no place.</summary>
    public void Note(string? localId, JournalPlace place)
    {
        if (localId is null)
        {
            return;
        }

        if (!_places.TryGetValue(localId, out var places))
        {
            _places[localId] = places = [];
        }

        // A line of its own for each of many profiles would be a place in memory for each.
        if (places.Count > 0 && places[places.Count - 1].With(place) is { } both)
        {
            places[places.Count - 1] = both;
        }
        else
        {
            places.Add(place);
        }
    }
}

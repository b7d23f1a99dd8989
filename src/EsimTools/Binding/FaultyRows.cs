// Rows that cannot be used: each is an error, and what they share, as the wrong file's rows do, is one.

namespace EsimTools.Binding;

/// <summary>Tells of rows that cannot be used.</summary>
/// <param name="write">Writes an error about a row.</param>
/// <param name="warn">Writes a warning.</param>
/// <remarks>
/// Rows without a column of ours are told of with the first of them, and counted. A column whose values have the same damage from the first row on is
/// told of when the input has ended; until a sound value shows that it is not the whole column, its rows are held back.
/// </remarks>
internal sealed class FaultyRows(Action<EsimException, object?> write, Action<string> warn)
{
    private const int MostHeld = 100;

    private readonly HashSet<string> _shapes = new(StringComparer.Ordinal);
    private readonly List<(EsimException Problem, object? Input)> _held = [];
    private SharedFault? _heldFault;
    private bool _isColumnKnown;
    private int _heldCount;
    private int _shapesAgain;

    /// <summary>Takes a row that cannot be used.</summary>
    public void Add(in ProfileReading reading, object? input)
    {
        var problem = reading.Problem!;
        if (reading.Shared is { IsOfShape: true } shape)
        {
            if (_shapes.Add(shape.Key))
            {
                write(problem, input);
            }
            else
            {
                _shapesAgain++;
            }
        }
        else if (reading.Shared is { } fault && !_isColumnKnown && (_heldFault is null || _heldFault == fault))
        {
            _heldFault = fault;
            _heldCount++;
            if (_held.Count < MostHeld)
            {
                _held.Add((problem, input));
            }
        }
        else
        {
            if (!reading.IsEmpty)
            {
                SeeColumn(isEnd: false);
            }

            write(problem, input);
        }
    }

    /// <summary>Takes note of a row that can be used.</summary>
    public void AddSound()
    {
        if (!_isColumnKnown)
        {
            SeeColumn(isEnd: false);
        }
    }

    /// <summary>Tells what has been held back and counted.</summary>
    public void Complete()
    {
        SeeColumn(isEnd: true);
        if (_shapesAgain > 0)
        {
            warn(_shapesAgain == 1 ? "1 more row without a column that names a profile was left out." : $"{_shapesAgain} more rows without a column that names a profile were left out.");
            _shapesAgain = 0;
        }
    }

    private void SeeColumn(bool isEnd)
    {
        _isColumnKnown = true;
        if (_heldCount > _held.Count || (isEnd && _heldCount > 1))
        {
            var (first, input) = _held[0];
            write(new EsimException(first.Error, $"{_heldCount} rows, from the first on, were left out for the same reason. The first of them: {first.Message}", first.RecommendedAction), input);
        }
        else
        {
            foreach (var (problem, input) in _held)
            {
                write(problem, input);
            }
        }

        _held.Clear();
        _heldCount = 0;
    }
}

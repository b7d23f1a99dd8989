// A small reader of RFC 4180 text. TextFieldParser is in the box too, but it throws on a stray quote, where an inventory
// should only lose rows.

using System.Text;

namespace EsimTools.Sandbox.Profiles;

/// <summary>Reads the records of a CSV text one by one. The separator is found in the first line: comma, semicolon or tab.</summary>
internal sealed class CsvReader
{
    private readonly TextReader _text;
    private readonly StringBuilder _field = new();
    private readonly List<string> _record = [];
    private readonly char[] _buffer = new char[8192];
    private int _position;
    private int _length;
    private char _separator;

    public CsvReader(TextReader text)
    {
        _text = text;
    }

    /// <summary>How many records have been read, the header among them.</summary>
    public int Records { get; private set; }

    /// <summary>Whether the last record has a quotation mark that is never closed: then what looks like further records is in one of its fields.</summary>
    public bool IsUnclosed { get; private set; }

    /// <summary>The next record's fields, valid until the next call; null at the end. An empty line is a record of one empty field.</summary>
    public List<string>? Read()
    {
        if (_separator == default)
        {
            _separator = FindSeparator();
        }

        if (Peek() < 0)
        {
            return null;
        }

        _record.Clear();
        Records++;
        while (ReadField())
        {
        }

        return _record;
    }

    // Returns whether another field of the same record follows.
    private bool ReadField()
    {
        _field.Clear();
        if (Peek() == '"')
        {
            _position++;
            ReadQuoted();
        }

        var next = ReadPlain();
        if (next == _separator)
        {
            _position++;
            return true;
        }

        if (next == '\r')
        {
            _position++;
            next = Peek();
        }

        if (next == '\n')
        {
            _position++;
        }

        return false;
    }

    // Reads up to the field's end and returns the character that ends it, or -1. Most fields lie in the buffer as a whole.
    private int ReadPlain()
    {
        while (Peek() >= 0)
        {
            var rest = _buffer.AsSpan(_position, _length - _position);
            var length = rest.IndexOfAny(_separator, '\r', '\n');
            var count = length < 0 ? rest.Length : length;
            var start = _position;
            _position += count;
            if (length >= 0 && _field.Length == 0)
            {
                _record.Add(new string(_buffer, start, count));
                return _buffer[_position];
            }

            _field.Append(_buffer, start, count);
            if (length >= 0)
            {
                _record.Add(_field.ToString());
                return _buffer[_position];
            }
        }

        _record.Add(_field.ToString());
        return -1;
    }

    private void ReadQuoted()
    {
        int next;
        while ((next = Peek()) >= 0)
        {
            _position++;
            if (next == '"')
            {
                if (Peek() != '"')
                {
                    return;
                }

                _position++;
            }

            _field.Append((char)next);
        }

        IsUnclosed = true;
    }

    private char FindSeparator()
    {
        Peek();
        for (var i = 0; i < _length && _buffer[i] is not ('\r' or '\n'); i++)
        {
            if (_buffer[i] is ',' or ';' or '\t')
            {
                return _buffer[i];
            }
        }

        return ',';
    }

    private int Peek()
    {
        if (_position == _length)
        {
            _position = 0;
            _length = _text.Read(_buffer, 0, _buffer.Length);
            if (_length <= 0)
            {
                _length = 0;
                return -1;
            }
        }

        return _buffer[_position];
    }
}

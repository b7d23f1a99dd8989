// The hours of the day in which waves may begin, in a time zone.

using System.Globalization;

namespace EsimTools.Plans;

/// <summary>A part of every day, such as 22:00 to 05:00, by the clocks of one time zone.</summary>
internal sealed class TimeWindow
{
    private const string Form = @"hh\:mm";

    private readonly TimeSpan _from;
    private readonly TimeSpan _to;
    private readonly TimeZoneInfo _zone;

    private TimeWindow(TimeSpan from, TimeSpan to, TimeZoneInfo zone)
    {
        _from = from;
        _to = to;
        _zone = zone;
    }

    /// <summary>Reads <c>22:00-05:00</c>.</summary>
    /// <param name="text">The hours; those that end before they begin reach over midnight.</param>
    /// <param name="timeZone">The time zone's id, as the system knows it.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimParameterInvalid"/>.</exception>
    public static TimeWindow Read(string text, string timeZone)
    {
        var ends = text.Split('-');
        if (ends.Length != 2 || Time(ends[0]) is not { } from || Time(ends[1]) is not { } to || from == to)
        {
            throw new EsimException(EsimError.EsimParameterInvalid, $"'{text}' is no part of a day.", "Write it as 22:00-05:00.");
        }

        try
        {
            return new(from, to, TimeZoneInfo.FindSystemTimeZoneById(timeZone));
        }
        catch (Exception e) when (e is TimeZoneNotFoundException or InvalidTimeZoneException or System.Security.SecurityException)
        {
            throw new EsimException(
                EsimError.EsimParameterInvalid, $"This machine knows no time zone '{timeZone}'.", "Use an id that Get-TimeZone -ListAvailable shows, for example UTC or America/New_York.", e);
        }
    }

    /// <summary>How long it takes until the window is open; zero while it is.</summary>
    /// <param name="now">The present moment.</param>
    public TimeSpan UntilOpen(DateTimeOffset now)
    {
        var time = TimeZoneInfo.ConvertTime(now, _zone).TimeOfDay;
        var isOpen = _from < _to ? time >= _from && time < _to : time >= _from || time < _to;
        return isOpen ? TimeSpan.Zero : _from >= time ? _from - time : _from - time + TimeSpan.FromDays(1);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{_from.ToString(Form, CultureInfo.InvariantCulture)}-{_to.ToString(Form, CultureInfo.InvariantCulture)} {_zone.Id}";

    private static TimeSpan? Time(string text) =>
        TimeSpan.TryParseExact(text.Trim(), [Form, @"h\:mm"], CultureInfo.InvariantCulture, out var time) ? time : null;
}

// What is said of the time before a wave: how long it lasts, until when, and why.

using EsimTools.Plans;

namespace EsimTools.Client.Tests.Plans;

public sealed class WavePauseTests
{
    [Theory]
    [InlineData(0, null, null, null)]
    [InlineData(0, "11:00-13:00", null, null)]
    [InlineData(15, null, 15, "the pause between waves")]
    [InlineData(15, "11:00-13:00", 15, "the pause between waves")]
    [InlineData(0, "13:00-14:00", 60, "13:00-14:00 UTC")]
    [InlineData(15, "13:00-14:00", 60, "13:00-14:00 UTC")]
    [InlineData(120, "11:00-13:00", 23 * 60, "11:00-13:00 UTC")]
    [InlineData(15, "22:00-05:00", 600, "22:00-05:00 UTC")]
    public void A_wave_waits_for_its_pause_and_behind_it_for_its_hours(int pause, string? between, int? minutes, string? reason)
    {
        var told = WavePause.Of(2, 3, new() { Sizes = ["1"], Between = between }, TimeSpan.FromMinutes(pause), ManualClock.Start);

        Assert.Equal((minutes, reason), (told is null ? null : (int)told.LeftAt(ManualClock.Start).TotalMinutes, told?.Reason));
    }

    [Fact]
    public void The_longest_pause_of_all_ends_with_time_itself() =>
        Assert.Equal(DateTimeOffset.MaxValue, WavePause.Of(2, 3, new() { Sizes = ["1"] }, TimeSpan.MaxValue, ManualClock.Start)!.Until);

    [Fact]
    public async Task A_pause_goes_by_the_clock_and_not_by_a_timer_that_sleeps_with_the_machine()
    {
        var clock = new ManualClock();
        var waited = WavePause.WaitAsync(new() { Sizes = ["1"] }, TimeSpan.FromHours(30), clock, default);

        Assert.Equal(TimeSpan.FromDays(1), await clock.NextPauseAsync());
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(TimeSpan.FromHours(6), await clock.NextPauseAsync());
        clock.Advance(TimeSpan.FromHours(6));
        await waited.WaitAsync(ManualClock.HangLimit);
    }
}

// Options that make no sense are told when the sandbox is made.

namespace EsimTools.Sandbox.Tests;

public sealed class OptionsTests
{
    public static TheoryData<string, object> Wrong => new()
    {
        { nameof(SandboxOptions.ApiKey), "" },
        { nameof(SandboxOptions.ApiSecret), " " },
        { nameof(SandboxOptions.UserName), "" },
        { nameof(SandboxOptions.Password), "" },
        { nameof(SandboxOptions.AccountName), "" },
        { nameof(SandboxOptions.BearerLifetime), TimeSpan.Zero },
        { nameof(SandboxOptions.SessionIdleTimeout), TimeSpan.FromSeconds(-1) },
        { nameof(SandboxOptions.MaxFailedLogins), 0 },
        { nameof(SandboxOptions.MaxDevicesPerRequest), 0 },
        { nameof(SandboxOptions.PageSize), -1 },
        { nameof(SandboxOptions.Latency), TimeSpan.FromSeconds(-1) },
        { nameof(SandboxOptions.CallbackDelay), TimeSpan.FromSeconds(-1) },
        { nameof(SandboxOptions.LateBy), TimeSpan.FromSeconds(-1) },
        { nameof(SandboxOptions.UnreachableFor), TimeSpan.FromSeconds(-1) },
        { nameof(SandboxOptions.RetryAfter), TimeSpan.FromSeconds(-1) },
        { nameof(SandboxOptions.SuspensionEndsAfter), TimeSpan.FromSeconds(-1) },
        { nameof(SandboxOptions.FailedIccids), new[] { "89314400000000000014", "8931440000000000" } },
        { nameof(SandboxOptions.SlowAnswerDelay), TimeSpan.FromSeconds(-1) },
        { nameof(SandboxOptions.LostCallbacks), 1.1 },
        { nameof(SandboxOptions.LateCallbacks), -0.1 },
        { nameof(SandboxOptions.DuplicateCallbacks), double.NaN },
        { nameof(SandboxOptions.UnreachableDevices), 2.0 },
        { nameof(SandboxOptions.FailedProfiles), 2.0 },
        { nameof(SandboxOptions.Throttled), 2.0 },
        { nameof(SandboxOptions.ServerErrors), 2.0 },
        { nameof(SandboxOptions.ServerErrorsAfterAcceptance), 2.0 },
        { nameof(SandboxOptions.CutBeforeAcceptance), 2.0 },
        { nameof(SandboxOptions.CutAfterAcceptance), 2.0 },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_value_that_makes_no_sense_is_named(string name, object value)
    {
        var options = new SandboxOptions();
        typeof(SandboxOptions).GetProperty(name)!.SetValue(options, value);

        var message = Assert.Throws<ArgumentException>(() => new ThingSpaceSandbox(options)).Message;

        Assert.StartsWith($"The sandbox option {name} ", message, StringComparison.Ordinal);
        Assert.EndsWith(".", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pause_that_no_timer_takes_is_refused()
    {
        var options = new SandboxOptions { SuspensionEndsAfter = TimeSpan.FromDays(90) };

        Assert.Equal(
            "The sandbox option SuspensionEndsAfter is 90.00:00:00; it must not be longer than 24 days.",
            Assert.Throws<ArgumentException>(() => new ThingSpaceSandbox(options)).Message);
    }

    [Fact]
    public void Every_option_can_be_set_from_a_script_and_every_limit_is_checked()
    {
        var properties = typeof(SandboxOptions).GetProperties();

        Assert.All(properties, property => Assert.True(property.CanWrite));
        var free = new[] { nameof(SandboxOptions.NestedFaults), nameof(SandboxOptions.HideProfileStatus), nameof(SandboxOptions.RetryAfterAsDate), nameof(SandboxOptions.StrictDeletion), nameof(SandboxOptions.Seed) };
        Assert.Equal(
            properties.Select(property => property.Name).Except(free).Order(),
            Wrong.Select(row => (string)row[0]).Order());
    }

    [Fact]
    public void The_account_of_the_options_is_that_of_the_default_fleet()
    {
        using var sandbox = new ThingSpaceSandbox(new SandboxOptions { AccountName = "TestAccount-2" });

        Assert.All(sandbox.Fleet.ToList(), profile => Assert.Equal("TestAccount-2", profile.AccountName));
    }
}

// The simulation itself: what it does with what goes wrong in it.

namespace EsimTools.Client.Tests.Adversary;

public sealed class LifeTests
{
    [Fact]
    public void A_command_that_hangs_ends_the_life_and_names_its_seed()
    {
        using var life = new Life(17, Lives.NewFolder(), settings: AdversitySettings.None) { LongestCommand = TimeSpan.FromMilliseconds(1) };
        life.Begin();

        var error = Assert.Throws<TimeoutException>(() => life.Command(life.Processes.Machines[0], () => new TaskCompletionSource().Task));

        Assert.Contains("ESIMTOOLS_LIFE=17 ", error.Message, StringComparison.Ordinal);

        // It holds nothing here.
        life.Processes.Dispose();
    }
}

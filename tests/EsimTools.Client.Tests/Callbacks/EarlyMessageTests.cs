// A message that comes before the answer which brings the id of its request, when that answer goes to another process.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Callbacks;

public sealed class EarlyMessageTests : ListenerScenario
{
    [Fact]
    public async Task What_has_overtaken_the_answer_to_another_process_is_taken_in_when_that_is_noted_without_a_further_message()
    {
        using var answers = new ManualResetEventSlim();
        Fixture.Service.On(Endpoint.Action, _ =>
        {
            Assert.True(answers.Wait(HangLimit));
            return ScriptedService.Taken("r");
        });
        var (sender, receiver) = (await Fixture.OpenAsync(), await Fixture.OpenAsync());
        var listener = Start(receiver);
        var sending = Task.Run(() => ConnectionFixture.DeactivateAsync(sender, Sample.Profiles(1)));
        await UntilAsync(() => Fixture.Service.Of(Endpoint.Action).Count == 1);

        await PostAsync(listener, Signed(Sample.Callback("r", Sample.IccidOf(1), profileStatus: "ENABLE")));

        // That it calls the profile enabled is written when the journal has been read for its request, in vain.
        await UntilAsync(() => Written("\"result\":\"Pending\""));
        answers.Set();
        await sending;
        await UntilAsync(() => Written("\"result\":\"Succeeded\""));
    }

    private bool Written(string text)
    {
        var copy = Path.Combine(Fixture.Folder.Path, "read");
        CopyFolder(Fixture.JournalPath, copy);
        return Directory.GetFiles(copy).Any(file => File.ReadAllText(file).Contains(text, StringComparison.Ordinal));
    }
}

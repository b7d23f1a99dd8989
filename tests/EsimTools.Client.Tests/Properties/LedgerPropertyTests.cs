// The memory of what the service said: words that are to settle a doubt were said, together, at the moment they are given.

using EsimTools.Model;
using EsimTools.Store;
using FsCheck;
using FsCheck.Fluent;

namespace EsimTools.Client.Tests.Properties;

[Collection(PropertyRun.Name)]
public sealed class LedgerPropertyTests
{
    private static readonly IdentifierKey Key = IdentifierKey.Of(Sample.Iccid)!.Value;

    [Fact]
    public void What_was_said_since_a_moment_was_said_since_then_and_at_once() => PropertyCheck.Holds(
        from messages in Messages
        from since in Gen.Choose(0, 1_000)
        from action in Gen.Elements(EsimAction.All.ToArray())
        select (Messages: messages, Since: At(since), action),
        input =>
        {
            var ledger = new ProfileLedger(new EventOrder(new ManualClock()));
            foreach (var message in input.Messages)
            {
                ledger.Note(Key, message);
            }

            var said = ledger.StatementSince(input.Since, input.action, Key, default);

            var since = input.Messages.Where(message => message.At >= input.Since).OrderBy(message => message.At).ToArray();
            var telling = since.LastOrDefault(message => WordOn(input.action, message) is not null);
            var expected = telling.Source != EvidenceSource.None ? telling : since.LastOrDefault();
            Assert.Equal(
                expected with
                {
                    Source = since.LastOrDefault().Source,
                    State = Newest(message => message.State),
                    ProfileStatus = Newest(message => message.ProfileStatus),
                    ProfileRole = Newest(message => message.ProfileRole),
                },
                said);

            // What a newer message has replaced is not repeated beside an older word.
            string? Newest(Func<ProfileState, string?> word) => since.Any(message => message.At > expected.At && word(message) is not null) ? null : word(expected);
        });

    // No two of them at the same moment, and in any order.
    private static Gen<ProfileState[]> Messages =>
        from minutes in Gen.Choose(0, 1_000).ListOf()
        from words in Gen.Elements(null, "ACTIVE", "DEACTIVE", "SUSPEND", "PENDING_ACTIVATION").ArrayOf(50)
        from statuses in Gen.Elements(null, "ENABLE", "DISABLE", "DELETE").ArrayOf(50)
        from roles in Gen.Elements(null, "LEAD", "LOCAL").ArrayOf(50)
        from source in Gen.Elements(EvidenceSource.ServiceList, EvidenceSource.Poll, EvidenceSource.Callback)
        select minutes.Distinct().Take(50).Select((minute, i) => new ProfileState(source, At(minute), words[i], statuses[i], roles[i])).ToArray();

    private static string? WordOn(EsimAction action, ProfileState message) =>
        action.ProvesState is not null ? message.State : action.ProvesProfileStatus is not null ? message.ProfileStatus : null;

    private static DateTimeOffset At(int minutes) => ManualClock.Start.AddMinutes(minutes);
}

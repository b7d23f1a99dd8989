// A word proves for the very profile that it names: parts, entries, spellings, twentieth digits, eUICCs and accounts.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Proof;

public sealed class ProofOfThatProfileTests : ProofScenario
{
    private static readonly string Digits19 = Sample.IccidOf(1)[..19];

    [Theory]
    [InlineData("imei", false)]
    [InlineData("mdn", false)]
    [InlineData("eid", false)]
    [InlineData("19 digits", true)]
    [InlineData("spaces", true)]
    [InlineData("18 digits and more", false)]
    public async Task A_part_of_a_status_answer_proves_for_the_iccid_that_it_names(string named, bool proves)
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X, Sample.Profile(2));
        var (kind, id) = named switch
        {
            "imei" => ("imei", X.Imei!),
            "mdn" => ("mdn", "5551234567"),
            "eid" => ("eid", X.Eid!),
            "19 digits" => ("iccid", Digits19),
            "spaces" => ("iccid", string.Join(" ", X.Iccid!.Chunk(4).Select(part => new string(part)))),
            _ => ("iccid", X.Iccid! + "7"),
        };

        await PollAsync(connection, request, $$"""{"requestId":"r","status":"Success","subRequests":[{"ids":[{"id":"{{id}}","kind":"{{kind}}"}],"status":"Success"}]}""");

        await AssertAsync(proves, connection, X);
        await AssertAsync(false, connection, Sample.Profile(3));
    }

    [Theory]
    [InlineData("ids")]
    [InlineData("deviceIds")]
    public async Task A_part_may_name_its_identifiers_in_either_member(string member)
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X);

        await PollAsync(connection, request, $$"""{"requestId":"r","status":"Pending","subRequests":[{"{{member}}":[{"id":"{{X.Iccid}}","kind":"iccid"}],"status":"Success"}]}""");

        AssertProven(connection, X);
    }

    [Fact]
    public async Task Of_a_callback_with_two_entries_the_profiles_own_counts()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.ServicePlan, "r", X);

        connection.ReceiveCallback(TwoEntries("r", EntryOf(2, "DEACTIVE", "DISABLE"), EntryOf(1, "ACTIVE", "ENABLE")));
        await AssertNotProvenAsync(connection, X, EsimError.EsimProfileNotDisabled);

        await SendAsync(connection, EsimAction.Deactivate, "r2", X);
        connection.ReceiveCallback(TwoEntries("r2", EntryOf(2, "ACTIVE", "ENABLE"), EntryOf(1, "DEACTIVE", "ENABLE")));
        AssertProven(connection, X);
    }

    [Fact]
    public async Task A_callback_whose_only_entry_is_about_another_profile_settles_nothing()
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X);

        connection.ReceiveCallback(TwoEntries("r", EntryOf(2, "DEACTIVE", "DISABLE")));

        Assert.Equal(EsimRequestStatus.Accepted, request.Status);
        await AssertNotProvenAsync(connection, X, resubmit: true);
    }

    [Fact]
    public async Task An_eid_that_only_the_inventory_gives_places_no_profile()
    {
        // Excel's fill-down has put one EID into every row.
        var (filled, other) = (new EsimProfile { Iccid = Sample.IccidOf(1), Eid = Sample.Eid }, new EsimProfile { Iccid = Sample.IccidOf(2), Eid = Sample.Eid });
        var connection = await Fixture.OpenAsync();
        await ListAsync(connection, filled, Sample.Listed(filled.Iccid!, "active"));
        await ConfirmAsync(connection, EsimAction.Enable, "e", other, state: "ACTIVE");

        await AssertNotProvenAsync(connection, filled);
    }

    [Fact]
    public async Task A_callback_whose_iccid_is_8_is_nobodys()
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X);

        connection.ReceiveCallback(Sample.Callback("r", "8"));

        Assert.Equal(EsimRequestStatus.Accepted, request.Status);
        await AssertNotProvenAsync(connection, X, resubmit: true);
    }

    [Theory]
    [InlineData(19, 20)]
    [InlineData(20, 19)]
    public async Task LEAD_under_one_spelling_forbids_a_delete_under_the_other(int said, int asked)
    {
        var connection = await Fixture.OpenAsync();
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        connection.ReceiveCallback(Sample.Callback("somebody-elses", X.Iccid![..said], role: "LEAD"));

        Assert.Equal(EsimError.EsimProfileNotDeletable, connection.Judge(EsimAction.Delete, new EsimProfile { Iccid = X.Iccid![..asked] }).Error);
    }

    [Fact]
    public async Task A_request_under_one_spelling_holds_the_profile_under_the_other()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "r", X);

        Assert.Equal(EsimError.EsimProfileBusy, connection.Judge(EsimAction.Activate, new EsimProfile { Iccid = Digits19 }).Error);
        connection.Dispose();
        Assert.Equal(EsimError.EsimProfileBusy, (await Fixture.OpenAsync()).Judge(EsimAction.Activate, new EsimProfile { Iccid = Digits19 }).Error);
    }

    [Fact]
    public async Task Another_twentieth_digit_is_not_proven_by_the_services_word()
    {
        // One of the two is mistyped, or the last digit is no check digit and they are two profiles.
        var twin = new EsimProfile { Iccid = Digits19 + (char)('0' + ((X.Iccid![19] - '0' + 1) % 10)) };
        var connection = await Fixture.OpenAsync();
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));

        Assert.Equal(ProofReason.OtherCheckDigit, connection.Explain(twin).Reason);
        Assert.Equal(GuardDecision.AskService, connection.Judge(EsimAction.Delete, twin).Decision);
    }

    [Fact]
    public async Task Evidence_of_another_account_does_not_count_for_this_one()
    {
        var connection = await Fixture.OpenAsync();
        Fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        await connection.SubmitAsync(EsimAction.Deactivate, [X], new() { AccountName = "0000999999-00001" });
        connection.ReceiveCallback(Sample.Callback("r", X.Iccid!));

        Assert.Equal(ProofReason.OtherAccount, connection.Explain(X).Reason);
        Assert.True(connection.Explain(X, "0000999999-00001").IsProven);
    }

    private static string EntryOf(int number, string state, string status) => Entry(number, state, $",\"profileStatus\":\"{status}\"");

    private static string TwoEntries(string requestId, params string[] entries) =>
        $$"""{"requestId":"{{requestId}}","deviceIds":[{"id":"{{X.Iccid}}","kind":"Iccid"}],"status":"SUCCESS","deviceResponse":{"deviceProfileResponse":[{{string.Join(",", entries)}}] } }""";
}

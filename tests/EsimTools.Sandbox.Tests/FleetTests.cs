// Inventories as people have them, and the fleet they make.

using System.Text;
using EsimTools.Sandbox.Tests.Support;

namespace EsimTools.Sandbox.Tests;

public sealed class FleetTests : IDisposable
{
    private static readonly SandboxProfile s_a = Fleets.Local(1);
    private static readonly SandboxProfile s_b = Fleets.Local(2);

    private readonly string _path = Path.Combine(Path.GetTempPath(), "fleet-" + Guid.NewGuid().ToString("N") + ".csv");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void A_full_inventory_is_taken_as_it_is()
    {
        var fleet = Load(
            "Iccid,Eid,Imei,Mdn,AccountName,ServicePlan,State,ProfileStatus,ProfileRole,Connected\n" +
            $"{s_a.Iccid},{s_a.Eid},{s_a.Imei},4255551234,0000999999-00001,\"Plan, \"\"A\"\"\",SUSPEND,DOWNLOAD_ENABLE,LOCAL,false\n");

        Assert.Equal(
            s_a with
            {
                Mdn = "4255551234",
                AccountName = "0000999999-00001",
                ServicePlan = "Plan, \"A\"",
                State = "SUSPEND",
                ProfileStatus = "DOWNLOAD_ENABLE",
                Connected = false,
            },
            fleet.Find(s_a.Iccid!));
        Assert.Empty(fleet.Skipped);
    }

    [Theory]
    [InlineData(",", "\n", false)]
    [InlineData(";", "\r\n", true)]
    [InlineData("\t", "\r", false)]
    public void Separators_line_ends_marks_and_header_names_come_as_they_like(string separator, string lineEnd, bool mark)
    {
        var text = string.Join(lineEnd,
            string.Join(separator, "device label", "E_I_D", "IC-CID", "profile status", "\"Connected\""),
            string.Join(separator, "x", s_a.Eid, s_a.Iccid, "download disable", "No"),
            string.Join(separator, "y", "=\"" + s_b.Eid + "\"", " " + s_b.Iccid!.Insert(5, " ") + " ", "", ""));
        File.WriteAllText(_path, text, new UTF8Encoding(mark));

        var fleet = SandboxFleet.Load(_path);

        Assert.Empty(fleet.Skipped);
        Assert.Equal(("DOWNLOAD_DISABLE", false), (fleet.Find(s_a.Iccid!)!.ProfileStatus, fleet.Find(s_a.Iccid!)!.Connected));
        Assert.Equal(("ENABLE", true), (fleet.Find(s_b.Iccid!)!.ProfileStatus, fleet.Find(s_b.Iccid!)!.Connected));
    }

    [Fact]
    public void What_an_inventory_does_not_say_is_filled_in_and_always_the_same()
    {
        var text = $"Iccid,Eid\n{s_a.Iccid},{s_a.Eid}\n{s_b.Iccid},{s_b.Eid}\n";

        var fleet = Load(text);

        var profile = fleet.Find(s_a.Iccid!)!;
        Assert.Equal(
            ("0000123456-00001", null, "ACTIVE", "ENABLE", "LOCAL", true),
            (profile.AccountName, profile.ServicePlan, profile.State, profile.ProfileStatus, profile.ProfileRole, profile.Connected));
        Assert.Matches("^[2-9][0-9]{9}$", profile.Mdn);
        Assert.True(IdentifierKind.Imei.Read(profile.Imei).CheckDigitOk);
        Assert.NotEqual(profile.Mdn, fleet.Find(s_b.Iccid!)!.Mdn);
        Assert.NotEqual(profile.Imei, fleet.Find(s_b.Iccid!)!.Imei);
        Assert.Equal(fleet.ToList(), Load(text).ToList());
        Assert.Equal("9-1", SandboxFleet.Load(_path, "9-1").Find(s_a.Iccid!)!.AccountName);
    }

    [Fact]
    public void Damaged_rows_are_left_out_with_their_number_and_the_reason()
    {
        var fleet = Load($"""
            Iccid,Eid,Imei,Mdn,State,ProfileStatus,ProfileRole,Connected
            8.91441E+19,{s_a.Eid},,,,,,
            {s_a.Iccid},,,,,,,
            {s_a.Iccid},1234,,,,,,
            {s_a.Iccid},{s_a.Eid},12,,,,,
            {s_a.Iccid},{s_a.Eid},,123,,,,
            {s_a.Iccid},{s_a.Eid},,,BLUE,,,
            {s_a.Iccid},{s_a.Eid},,,,BLUE,,
            {s_a.Iccid},{s_a.Eid},,,,,BLUE,
            {s_a.Iccid},{s_a.Eid},,,,,,maybe
            ,,,,,,,

            {s_a.Iccid},{s_a.Eid},{s_a.Imei},,,,,
            {s_a.Iccid},{s_a.Eid},{s_a.Imei},,,,,
            {s_b.Iccid},{s_a.Eid},{s_b.Imei},,,,,
            {s_b.Iccid}
            {s_b.Iccid},{s_b.Eid}
            """);

        Assert.Equal([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 15, 16], fleet.Skipped.Select(row => row.Row));
        Assert.Contains("spreadsheet", fleet.Skipped[0].Reason, StringComparison.Ordinal);
        Assert.Equal("The EID is empty.", fleet.Skipped[1].Reason);
        Assert.Contains("has 4 digits", fleet.Skipped[2].Reason, StringComparison.Ordinal);
        Assert.Contains("BLUE", fleet.Skipped[5].Reason, StringComparison.Ordinal);
        Assert.Contains("maybe", fleet.Skipped[8].Reason, StringComparison.Ordinal);
        Assert.Contains("in the fleet already", fleet.Skipped[10].Reason, StringComparison.Ordinal);
        Assert.Contains("another IMEI", fleet.Skipped[11].Reason, StringComparison.Ordinal);
        Assert.Equal(4, fleet.Count);
    }

    [Fact]
    public void A_stray_quote_loses_rows_and_throws_nothing()
    {
        var fleet = Load($"Iccid,Eid,ServicePlan\n{s_a.Iccid},{s_a.Eid},\"open\n{s_b.Iccid},{s_b.Eid},x\n");

        Assert.NotNull(fleet.Find(s_a.Iccid!));
        Assert.Null(fleet.Find(s_b.Iccid!));
    }

    [Fact]
    public void A_field_may_hold_line_ends_and_lie_across_the_readers_buffer()
    {
        var plan = "two\nlines " + new string('x', 20_000);
        var fleet = Load($"Iccid,Eid,ServicePlan\n{s_a.Iccid},{s_a.Eid},\"{plan}\"\n{s_b.Iccid},{s_b.Eid},{new string('y', 9_000)}");

        Assert.Equal(plan, fleet.Find(s_a.Iccid!)!.ServicePlan);
        Assert.Equal(9_000, fleet.Find(s_b.Iccid!)!.ServicePlan!.Length);
    }

    [Fact]
    public void Files_that_are_no_inventory_are_clear_errors()
    {
        Assert.Contains("nowhere.csv", Assert.Throws<FileNotFoundException>(() => SandboxFleet.Load("nowhere.csv")).Message, StringComparison.Ordinal);
        Assert.Contains("is empty", Assert.Throws<FormatException>(() => Load("")).Message, StringComparison.Ordinal);
        Assert.Contains(
            "no column named Iccid. Its columns are: Eid, Imei.", Assert.Throws<FormatException>(() => Load("Eid,Imei\n1,2")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => SandboxFleet.Load(" "));
    }

    [Fact]
    public void An_eUICC_without_a_Verizon_US_profile_gets_one()
    {
        var fleet = Fleets.Of(s_a, s_b with { ProfileStatus = "DISABLE" });

        Assert.Equal(4, fleet.Count);
        var first = fleet.LeadOf(s_a);
        Assert.Equal(("M2M US", "ACTIVE", "DISABLE"), (first.ServicePlan, first.State, first.ProfileStatus));
        Assert.Equal("ENABLE", fleet.LeadOf(s_b).ProfileStatus);
        Assert.Equal(20, first.Iccid!.Length);
        Assert.True(CheckDigits.IsLuhn(first.Iccid));
        Assert.Equal(first.Iccid, Fleets.Of(s_b, s_a).LeadOf(s_a).Iccid);
        Assert.NotEqual(first.Iccid, fleet.LeadOf(s_b).Iccid);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_Verizon_US_profile_from_the_inventory_takes_that_place_wherever_it_stands(bool leadFirst)
    {
        var lead = Fleets.Local(1, 7, status: "DISABLE", role: "LEAD", plan: "US Plan");

        var fleet = leadFirst ? Fleets.Of(lead, s_a) : Fleets.Of(s_a, lead);

        Assert.Equal(2, fleet.Count);
        Assert.Equal((lead.Iccid, "US Plan"), (fleet.LeadOf(s_a).Iccid, fleet.LeadOf(s_a).ServicePlan));
    }

    [Fact]
    public void A_row_with_the_number_of_a_made_up_profile_moves_that_profile_aside()
    {
        var madeUp = Fleets.Of(s_a).LeadOf(s_a).Iccid!;

        var fleet = Fleets.Of(s_a, s_b with { Iccid = madeUp });

        Assert.Equal(s_b.Eid, fleet.Find(madeUp)!.Eid);
        Assert.NotEqual(madeUp, fleet.LeadOf(s_a).Iccid);
        Assert.Equal(4, fleet.Count);
    }

    [Fact]
    public void Only_one_profile_of_an_eUICC_is_enabled_unless_the_rows_say_so()
    {
        var second = Fleets.Local(1, 1) with { ProfileStatus = null };

        Assert.Equal("DISABLE", Fleets.Of(s_a, second).Find(second.Iccid!)!.ProfileStatus);
        Assert.Equal("ENABLE", Fleets.Of(s_a with { ProfileStatus = "DISABLE" }, second).Find(second.Iccid!)!.ProfileStatus);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void One_row_that_says_so_takes_the_device_off_the_network(bool first, bool second)
    {
        var fleet = Fleets.Of(Fleets.Local(1, connected: first), Fleets.Local(1, 1, status: "DISABLE", connected: second));

        Assert.False(fleet.Find(s_a.Iccid!)!.Connected);
    }

    [Fact]
    public void Adding_a_damaged_row_says_why()
    {
        var fleet = new SandboxFleet();

        Assert.Contains("The EID is empty.", Assert.Throws<ArgumentException>(() => fleet.Add(new SandboxProfile { Iccid = s_a.Iccid })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => fleet.Add(null!));
        Assert.Throws<ArgumentException>(() => new SandboxFleet(""));
        Assert.Equal(0, fleet.Count);
        Assert.Null(fleet.Find(s_a.Iccid!));
        Assert.Null(fleet.Find("no digits"));
    }

    [Fact]
    public void The_default_fleet_is_a_hundred_valid_devices()
    {
        var fleet = SandboxFleet.Default();

        Assert.Equal(200, fleet.Count);
        Assert.Equal(100, fleet.ToList().Select(profile => profile.Eid).Distinct().Count());
        Assert.All(fleet.ToList(), profile =>
        {
            Assert.True(IdentifierKind.Iccid.Read(profile.Iccid).CheckDigitOk);
            Assert.True(IdentifierKind.Eid.Read(profile.Eid).CheckDigitOk);
            Assert.True(IdentifierKind.Imei.Read(profile.Imei).CheckDigitOk);
        });
        Assert.Equal(fleet.ToList(), SandboxFleet.Default().ToList());
    }

    [Fact]
    public async Task Profiles_can_join_while_the_sandbox_runs()
    {
        await using var fixture = await SandboxFixture.StartAsync(fleet: new SandboxFleet());
        fixture.Sandbox.Fleet.Add(s_a);

        Assert.Equal("SUCCESS", (await fixture.ActAndHearAsync("deactivate", s_a)).Text("status"));
    }

    private SandboxFleet Load(string text)
    {
        File.WriteAllText(_path, text);
        return SandboxFleet.Load(_path);
    }
}

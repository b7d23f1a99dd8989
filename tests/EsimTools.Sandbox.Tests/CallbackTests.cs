// The callbacks' exact text, against Verizon's samples for deactivate and delete, and what chance does to them.

using System.Text.Json;
using EsimTools.Sandbox.Tests.Support;

namespace EsimTools.Sandbox.Tests;

public sealed class CallbackTests
{
    // The sample callback of Verizon's page "Deactivate an eSIM Profile", with its placeholders.
    private const string DeactivateSample = """
        {
            "requestId": "d1f08526-5443-4054-9a29-4456490ea9f8",
            "deviceIds": [
                {
                    "id": "20-digit ICCID",
                    "kind": "Iccid"
                },
                {
                    "id": "15-digit IMEI",
                    "kind": "Imei"
                },
                {
                    "id": "32-digit EID",
                    "kind": "Eid"
                },
                {
                    "id": "10-digit phone number",
                    "kind": "mdn"
                },
                {
                    "id": "1+ 10-digit phone number",
                    "kind": "msisdn"
                }
            ],
            "deviceResponse": {
                "deviceProfileResponse": {
                    "deviceIdentifierCollection": [
                        {
                            "id": "20-digit ICCID",
                            "kind": "Iccid"
                        },
                        {
                            "id": "15-digit IMEI",
                            "kind": "Imei"
                        },
                        {
                            "id": "32-digit EID",
                            "kind": "Eid"
                        },
                        {
                            "id": "10-digit phone number",
                            "kind": "mdn"
                        },
                        {
                            "id": "1+ 10-digit phone number",
                            "kind": "msisdn"
                        }
                    ],
                    "state": "DEACTIVE",
                    "servicePlan": "service plan name",
                    "profileStatus": "ENABLE",
                    "profileRole": "LOCAL"
                }
            },
            "status": "SUCCESS",
            "callbackCount": 1,
            "maxCallbackThreshold": 4
        }
        """;

    // The sample callback of Verizon's page "Delete an eSIM Profile": no msisdn, no servicePlan.
    private const string DeleteSample = """
        {
            "requestId": "d1f08526-5443-4054-9a29-4456490ea9f8",
            "deviceIds": [
                {
                    "id": "20-digit ICCID",
                    "kind": "Iccid"
                },
                {
                    "id": "15-digit IMEI",
                    "kind": "Imei"
                },
                {
                    "id": "32-digit EID",
                    "kind": "Eid"
                },
                {
                    "id": "10-digit phone number",
                    "kind": "mdn"
                }
            ],
            "deviceResponse": {
                "deviceProfileResponse": {
                    "deviceIdentifierCollection": [
                        {
                            "id": "20-digit ICCID",
                            "kind": "Iccid"
                        },
                        {
                            "id": "15-digit IMEI",
                            "kind": "Imei"
                        },
                        {
                            "id": "32-digit EID",
                            "kind": "Eid"
                        },
                        {
                            "id": "10-digit phone number",
                            "kind": "mdn"
                        }
                    ],
                    "state": "UNKNOWN",
                    "profileStatus": "DELETE",
                    "profileRole": "LOCAL"
                }
            },
            "status": "SUCCESS",
            "callbackCount": 1,
            "maxCallbackThreshold": 4
        }
        """;

    [Theory]
    [InlineData("deactivate", DeactivateSample)]
    [InlineData("delete", DeleteSample)]
    public async Task A_callback_is_the_documents_sample_to_the_letter(string action, string sample)
    {
        var profile = Fleets.Local(1, status: action == "delete" ? "DISABLE" : "ENABLE", plan: "service plan name") with { Mdn = "4255551234" };
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(profile));

        var answer = await fixture.ActAsync(action, profile);

        var expected = Compact(sample)
            .Replace("d1f08526-5443-4054-9a29-4456490ea9f8", answer.Text("requestId"), StringComparison.Ordinal)
            .Replace("20-digit ICCID", profile.Iccid, StringComparison.Ordinal)
            .Replace("15-digit IMEI", profile.Imei, StringComparison.Ordinal)
            .Replace("32-digit EID", profile.Eid, StringComparison.Ordinal)
            .Replace("1+ 10-digit phone number", "14255551234", StringComparison.Ordinal)
            .Replace("10-digit phone number", "4255551234", StringComparison.Ordinal);
        Assert.Equal(expected, await fixture.CallbackTextAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_failed_callback_has_one_of_the_two_nestings(bool isNested)
    {
        var profile = Fleets.Local(1) with { Mdn = "4255551234" };
        await using var fixture = await SandboxFixture.StartAsync(new SandboxOptions { NestedFaults = isNested }, Fleets.Of(profile));

        var answer = await fixture.ActAsync("delete", profile);

        var ids = $$"""[{"id":"{{profile.Iccid}}","kind":"Iccid"},{"id":"{{profile.Imei}}","kind":"Imei"},{"id":"{{profile.Eid}}","kind":"Eid"},{"id":"4255551234","kind":"mdn"}]""";
        var fault = "\"faultcode\":\"UnifiedWebService.INPUT_INVALID.DeviceState.Invalid\",\"faultstring\":\"Profile must be disabled before it can be deleted\"";
        var request = $"\"requestId\":\"{answer.Text("requestId")}\",\"deviceIds\":{ids}";
        var counts = "\"callbackCount\":1,\"maxCallbackThreshold\":4";
        Assert.Equal(
            isNested
                ? $"{{\"faultResponse\":{{{fault},\"status\":\"Failed\",{request},{counts}}}}}"
                : $"{{{request},\"faultResponse\":{{{fault}}},\"status\":\"Failed\",{counts}}}",
            await fixture.CallbackTextAsync());
    }

    [Theory]
    [InlineData("Plan \"A\"")]
    [InlineData("Größe + 1 & 2")]
    [InlineData("a\tb")]
    public async Task A_plan_with_unusual_characters_is_still_good_JSON(string plan)
    {
        var profile = Fleets.Local(1, plan: plan);
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(profile));

        var callback = await fixture.ActAndHearAsync("deactivate", profile);

        Assert.Equal(plan, callback.Text("deviceResponse", "deviceProfileResponse", "servicePlan"));
        Assert.Equal(1, callback.Element("callbackCount").GetInt32());
    }

    [Fact]
    public async Task Each_profile_of_a_bulk_request_has_its_own_callback_in_the_requests_order()
    {
        var profiles = Fleets.Many(700);
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(profiles));

        var answer = await fixture.ActAsync("deactivate", profiles);

        foreach (var profile in profiles)
        {
            var callback = await fixture.CallbackAsync();
            Assert.Equal((answer.Text("requestId"), profile.Iccid), (callback.Text("requestId"), callback.Element("deviceIds")[0].GetProperty("id").GetString()));
        }
    }

    [Fact]
    public async Task A_lost_callback_never_comes_and_the_action_has_happened()
    {
        var profiles = Fleets.Many(2);
        await using var fixture = await SandboxFixture.StartAsync(new SandboxOptions { LostCallbacks = 1 }, Fleets.Of(profiles));

        var answer = await fixture.ActAsync("deactivate", profiles[0]);

        fixture.Sandbox.Options.LostCallbacks = 0;
        await fixture.AssertNoCallbackAsync(profiles[1]);
        Assert.Equal("DEACTIVE", fixture.Find(profiles[0]).State);
        Assert.Equal("Success", (await fixture.StatusAsync(answer.Text("requestId"))).Text("status"));
    }

    [Fact]
    public async Task A_late_callback_comes_five_minutes_after_the_action()
    {
        var profiles = Fleets.Many(2);
        await using var fixture = await SandboxFixture.StartAsync(new SandboxOptions { LateCallbacks = 1 }, Fleets.Of(profiles));

        var answer = await fixture.ActAsync("deactivate", profiles[0]);
        fixture.Sandbox.Options.LateCallbacks = 0;
        fixture.Clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromMilliseconds(1));
        await fixture.AssertNoCallbackAsync(profiles[1]);
        Assert.Equal("DEACTIVE", fixture.Find(profiles[0]).State);
        fixture.Clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(answer.Text("requestId"), (await fixture.CallbackAsync()).Text("requestId"));
    }

    [Fact]
    public async Task A_duplicate_callback_differs_in_its_count_alone()
    {
        var profile = Fleets.Local(1);
        await using var fixture = await SandboxFixture.StartAsync(new SandboxOptions { DuplicateCallbacks = 1 }, Fleets.Of(profile));

        await fixture.ActAsync("deactivate", profile);

        var first = await fixture.CallbackTextAsync();
        Assert.Equal(first.Replace("\"callbackCount\":1,", "\"callbackCount\":2,", StringComparison.Ordinal), await fixture.CallbackTextAsync());
    }

    [Fact]
    public async Task An_unreachable_device_warns_first_and_ends_ten_minutes_later()
    {
        var profile = Fleets.Local(1);
        await using var fixture = await SandboxFixture.StartAsync(new SandboxOptions { UnreachableDevices = 1 }, Fleets.Of(profile));

        var answer = await fixture.ActAsync("deactivate", profile);

        Assert.Equal(("warning", "ACTIVE", "ENABLE"), (await fixture.CallbackAsync()).Outcome);
        Assert.Equal("Pending", (await fixture.StatusAsync(answer.Text("requestId"))).Text("status"));
        fixture.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(("SUCCESS", "DEACTIVE", "ENABLE"), (await fixture.CallbackAsync()).Outcome);
        Assert.Equal("Success", (await fixture.StatusAsync(answer.Text("requestId"))).Text("status"));
    }

    [Fact]
    public async Task A_lost_callback_loses_its_warning_too()
    {
        var profiles = Fleets.Many(2);
        await using var fixture = await SandboxFixture.StartAsync(new SandboxOptions { UnreachableDevices = 1, LostCallbacks = 1 }, Fleets.Of(profiles));

        await fixture.ActAsync("deactivate", profiles[0]);
        fixture.Sandbox.Options.UnreachableDevices = 0;
        fixture.Sandbox.Options.LostCallbacks = 0;
        await fixture.AssertNoCallbackAsync(profiles[1]);
        fixture.Clock.Advance(TimeSpan.FromMinutes(10));
        await fixture.AssertNoCallbackAsync(profiles[1]);
    }

    [Theory]
    [InlineData("download", "NOT_DOWNLOADED", true)]
    [InlineData("download_enable", "NOT_DOWNLOADED", true)]
    [InlineData("download_disable", "NOT_DOWNLOADED", true)]
    [InlineData("enable", "DISABLE", true)]
    [InlineData("disable", "ENABLE", true)]
    [InlineData("deactivate", "ENABLE", false)]
    [InlineData("delete", "DISABLE", false)]
    public async Task What_happens_on_the_eUICC_waits_for_a_device_that_is_not_connected(string action, string status, bool waits)
    {
        var profile = Fleets.Local(1, status: status, connected: false);
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(profile));

        Assert.Equal(waits ? "warning" : "SUCCESS", (await fixture.ActAndHearAsync(action, profile)).Text("status"));
        if (waits)
        {
            Assert.Equal(status, fixture.Find(profile).ProfileStatus);
            fixture.Clock.Advance(TimeSpan.FromMinutes(10));
            Assert.Equal("SUCCESS", (await fixture.CallbackAsync()).Text("status"));
        }
    }

    [Fact]
    public async Task A_failing_profile_fails_whatever_its_state_and_stays_as_it_is()
    {
        var profile = Fleets.Local(1);
        await using var fixture = await SandboxFixture.StartAsync(new SandboxOptions { FailedProfiles = 1 }, Fleets.Of(profile));

        var callback = await fixture.ActAndHearAsync("deactivate", profile);

        Assert.Equal("UnifiedWebService.REQUEST_FAILED.UnexpectedError", callback.Text("faultResponse", "faultcode"));
        Assert.Equal("ACTIVE", fixture.Find(profile).State);
    }

    [Fact]
    public async Task A_share_is_about_that_share_and_the_same_for_the_same_seed()
    {
        var profiles = Fleets.Many(1000);

        var first = await FailedAsync(1);
        var again = await FailedAsync(1);
        var other = await FailedAsync(2);

        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
        Assert.InRange(first.Count, 200, 300);

        async Task<List<string>> FailedAsync(int seed)
        {
            await using var fixture = await SandboxFixture.StartAsync(new SandboxOptions { FailedProfiles = 0.25, Seed = seed }, Fleets.Of(profiles));
            await fixture.ActAsync("deactivate", profiles);
            var failed = new List<string>();
            foreach (var profile in profiles)
            {
                if ((await fixture.CallbackAsync()).Text("status") == "Failed")
                {
                    failed.Add(profile.Iccid!);
                }
            }

            return failed;
        }
    }

    [Fact]
    public async Task Callbacks_wait_for_the_delay()
    {
        var profile = Fleets.Local(1);
        await using var fixture = await SandboxFixture.StartAsync(new SandboxOptions { CallbackDelay = TimeSpan.FromSeconds(10) }, Fleets.Of(profile));

        var answer = await fixture.ActAsync("deactivate", profile);

        Assert.Equal("Pending", (await fixture.StatusAsync(answer.Text("requestId"))).Text("status"));
        fixture.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("SUCCESS", (await fixture.CallbackAsync()).Text("status"));
    }

    [Fact]
    public async Task A_subscriber_that_throws_disturbs_neither_the_service_nor_the_next_callback()
    {
        var profiles = Fleets.Many(2);
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(profiles));
        fixture.Sandbox.CallbackSent += _ => throw new InvalidOperationException("from the test");

        await fixture.ActAndHearAsync("deactivate", profiles[0]);

        Assert.Equal("SUCCESS", (await fixture.ActAndHearAsync("deactivate", profiles[1])).Text("status"));
    }

    [Fact]
    public async Task Nothing_is_raised_any_more_after_the_end()
    {
        var profile = Fleets.Local(1);
        await using var fixture = await SandboxFixture.StartAsync(new SandboxOptions { CallbackDelay = TimeSpan.FromSeconds(1) }, Fleets.Of(profile));
        var raised = 0;
        fixture.Sandbox.CallbackSent += _ => raised++;
        await fixture.ActAsync("deactivate", profile);

        fixture.Sandbox.Dispose();
        fixture.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(0, raised);
        Assert.Equal("ACTIVE", fixture.Find(profile).State);
    }

    private static string Compact(string json) => JsonSerializer.Serialize(JsonDocument.Parse(json).RootElement, s_relaxed);

    private static readonly JsonSerializerOptions s_relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}

// The bodies of deactivate and delete against the examples of the two documents the project started from.

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EsimTools.Protocol;

namespace EsimTools.Client.Tests.Protocol;

public sealed class ProfileActionBodyTests
{
    private static readonly EsimProfile All = new() { Iccid = Sample.Iccid, Eid = Sample.Eid, Imei = Sample.Imei };

    // The examples as the documents print them, with digits put in; delete's has the trailing comma that the document has.
    private const string DeactivateExample = """
        {
            "devices": [
                {
                    "deviceIds": [
                        {
                            "kind": "eid",
                            "id": "89034011560010000000000000000121"
                        },
                        {
                            "kind": "iccid",
                            "id": "89141390780800784259"
                        },
                        {
                            "kind": "imei",
                            "id": "490154203237518"
                        }
                    ]
                }
            ],
            "accountName": "0000123456-00001",
            "servicePlan": "service plan name",
            "etfWaiver": false,
            "reasonCode": "FF"
        }
        """;

    private const string DeleteExample = """
        {
            "devices": [
                {
                    "deviceIds": [
                        {
                            "kind": "eid",
                            "id": "89034011560010000000000000000121"
                        },
                        {
                            "kind": "iccid",
                            "id": "89141390780800784259"
                        },
                        {
                            "kind": "imei",
                            "id": "490154203237518"
                        }
                    ]
                }
            ],
            "accountName": "0000123456-00001",
            "servicePlan": "service plan name",
        }
        """;

    [Fact]
    public void Deactivate_is_the_documents_example_down_to_the_order_of_its_members() =>
        Assert.Equal(
            Canonical(DeactivateExample),
            Text(ProfileActionBody.Write([All], new(Sample.Account, "service plan name", EtfWaiver: false, ReasonCode: "FF"))));

    [Fact]
    public void Delete_is_the_documents_example_without_its_stray_comma() =>
        Assert.Equal(Canonical(DeleteExample), Text(ProfileActionBody.Write([All], new(Sample.Account, "service plan name"))));

    [Fact]
    public void What_is_not_given_is_left_out_and_never_null()
    {
        var body = Text(ProfileActionBody.Write([new EsimProfile { Iccid = Sample.Iccid }], new(Sample.Account)));

        Assert.Equal("""{"devices":[{"deviceIds":[{"kind":"iccid","id":"89141390780800784259"}]}],"accountName":"0000123456-00001"}""", body);
    }

    [Theory]
    [InlineData(true, JsonValueKind.True)]
    [InlineData(false, JsonValueKind.False)]
    public void The_fee_waiver_is_a_json_boolean(bool waiver, JsonValueKind kind)
    {
        var body = Node(ProfileActionBody.Write([All], new(Sample.Account, EtfWaiver: waiver)));

        Assert.Equal(kind, body["etfWaiver"]!.GetValueKind());
    }

    [Fact]
    public void Each_profile_is_a_device_of_its_own_with_its_identifiers_in_the_order_eid_iccid_imei()
    {
        var profiles = Sample.Profiles(3).Append(new EsimProfile { Iccid = Sample.IccidOf(4), Imei = Sample.ImeiOf(4) }).ToArray();

        var devices = Node(ProfileActionBody.Write(profiles, new(Sample.Account)))["devices"]!.AsArray();

        Assert.Equal(4, devices.Count);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(
                [("eid", Sample.EidOf(i + 1)), ("iccid", Sample.IccidOf(i + 1)), ("imei", Sample.ImeiOf(i + 1))],
                devices[i]!["deviceIds"]!.AsArray().Select(id => ((string)id!["kind"]!, (string)id["id"]!)));
        }

        Assert.Equal(["iccid", "imei"], devices[3]!["deviceIds"]!.AsArray().Select(id => (string)id!["kind"]!));
    }

    [Fact]
    public void A_plan_with_quotes_and_letters_of_any_script_stays_what_it_is()
    {
        const string Plan = "Plan \"Größe\" 5 & 中";

        var body = Node(ProfileActionBody.Write([All], new(Sample.Account, Plan)));

        Assert.Equal(Plan, (string)body["servicePlan"]!);
    }

    [Fact]
    public void The_oid_of_disable_is_sent_under_its_name() =>
        Assert.EndsWith(""","smsrOid":"1.3.6.1.4.1"}""", Text(ProfileActionBody.Write([All], new(Sample.Account, SmsrOid: "1.3.6.1.4.1"))), StringComparison.Ordinal);

    [Fact]
    public void Ten_thousand_profiles_make_one_body()
    {
        var body = Node(ProfileActionBody.Write(Sample.Profiles(EsimConnection.MostProfilesPerRequest), new(Sample.Account)));

        Assert.Equal(10_000, body["devices"]!.AsArray().Count);
    }

    [Fact]
    public void The_paths_are_those_of_the_documents_with_one_slash()
    {
        Assert.Equal("m2m/v1/devices/profile/actions/deactivate", EsimAction.Deactivate.Path);
        Assert.Equal("m2m/v1/devices/profile/actions/delete", EsimAction.Delete.Path);
        Assert.Equal("m2m/v1/devices/profile/actions/disable", EsimAction.Disable.Path);
    }

    private static string Text(ReadOnlySpan<byte> body) => Encoding.UTF8.GetString(body.ToArray());

    private static JsonNode Node(ReadOnlySpan<byte> body) => JsonNode.Parse(body)!;

    private static string Canonical(string json) =>
        JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { AllowTrailingCommas = true })!.ToJsonString();
}

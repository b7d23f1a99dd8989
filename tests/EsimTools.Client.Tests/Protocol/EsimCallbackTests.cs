// Callback messages: the two samples of the documents, every other shape that is known, and everything that is no callback.

using System.Text;

namespace EsimTools.Client.Tests.Protocol;

public sealed class EsimCallbackTests
{
    // Verbatim from the deactivate document, with digits put in.
    private const string DeactivateSample = """
        {
            "requestId": "d1f08526-5443-4054-9a29-4456490ea9f8",
            "deviceIds": [
                {
                    "id": "89141390780800784259",
                    "kind": "Iccid"
                },
                {
                    "id": "490154203237518",
                    "kind": "Imei"
                },
                {
                    "id": "89034011560010000000000000000121",
                    "kind": "Eid"
                },
                {
                    "id": "5551234567",
                    "kind": "mdn"
                },
                {
                    "id": "15551234567",
                    "kind": "msisdn"
                }
            ],
            "deviceResponse": {
                "deviceProfileResponse": {
                    "deviceIdentifierCollection": [
                        {
                            "id": "89141390780800784259",
                            "kind": "Iccid"
                        },
                        {
                            "id": "490154203237518",
                            "kind": "Imei"
                        },
                        {
                            "id": "89034011560010000000000000000121",
                            "kind": "Eid"
                        },
                        {
                            "id": "5551234567",
                            "kind": "mdn"
                        },
                        {
                            "id": "15551234567",
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

    // Verbatim from the delete document, with digits put in.
    private const string DeleteSample = """
        {
            "requestId": "d1f08526-5443-4054-9a29-4456490ea9f8",
            "deviceIds": [
                {
                    "id": "89141390780800784259",
                    "kind": "Iccid"
                },
                {
                    "id": "490154203237518",
                    "kind": "Imei"
                },
                {
                    "id": "89034011560010000000000000000121",
                    "kind": "Eid"
                },
                {
                    "id": "5551234567",
                    "kind": "mdn"
                }
            ],
            "deviceResponse": {
                "deviceProfileResponse": {
                    "deviceIdentifierCollection": [
                        {
                            "id": "89141390780800784259",
                            "kind": "Iccid"
                        },
                        {
                            "id": "490154203237518",
                            "kind": "Imei"
                        },
                        {
                            "id": "89034011560010000000000000000121",
                            "kind": "Eid"
                        },
                        {
                            "id": "5551234567",
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

    [Fact]
    public void The_deactivate_sample_is_read_whole()
    {
        var callback = EsimCallback.Parse(DeactivateSample);

        Assert.Equal("d1f08526-5443-4054-9a29-4456490ea9f8", callback.RequestId);
        Assert.Equal(("89141390780800784259", "89034011560010000000000000000121", "490154203237518"), (callback.Iccid, callback.Eid, callback.Imei));
        Assert.Equal(OutcomeStatus.Succeeded, callback.Status);
        Assert.Equal(("DEACTIVE", "ENABLE", "LOCAL", "service plan name"), (callback.State, callback.ProfileStatus, callback.ProfileRole, callback.ServicePlan));
        Assert.Equal((null, null, 1), (callback.FaultCode, callback.FaultMessage, callback.CallbackCount));
    }

    [Fact]
    public void The_delete_sample_is_read_whole()
    {
        var callback = EsimCallback.Parse(DeleteSample);

        Assert.Equal(("89141390780800784259", "89034011560010000000000000000121", "490154203237518"), (callback.Iccid, callback.Eid, callback.Imei));
        Assert.Equal(OutcomeStatus.Succeeded, callback.Status);
        Assert.Equal(("UNKNOWN", "DELETE", "LOCAL", null), (callback.State, callback.ProfileStatus, callback.ProfileRole, callback.ServicePlan));
    }

    [Fact]
    public void Bytes_with_a_byte_order_mark_are_read_like_text() =>
        Assert.Equal("DEACTIVE", EsimCallback.Parse(Encoding.UTF8.GetPreamble().Concat(Encoding.UTF8.GetBytes(DeactivateSample)).ToArray()).State);

    [Theory]
    [InlineData("iccid", "eid", "imei")]
    [InlineData("ICCID", "EID", "IMEI")]
    [InlineData("iccId", "eId", "imeI")]
    public void Kinds_are_read_in_any_case(string iccid, string eid, string imei)
    {
        var callback = EsimCallback.Parse($$"""
            {"requestId":"r","status":"Success","deviceIds":[{"kind":"{{iccid}}","id":"1"},{"kind":"{{eid}}","id":"2"},{"kind":"{{imei}}","id":"3"}]}
            """);

        Assert.Equal(("1", "2", "3"), (callback.Iccid, callback.Eid, callback.Imei));
    }

    [Theory]
    [InlineData("""{"deviceProfileResponse":{"state":"DEACTIVE","profileStatus":"DISABLE"}}""")]
    [InlineData("""[{"deviceProfileResponse":{"state":"DEACTIVE","profileStatus":"DISABLE"}}]""")]
    [InlineData("""{"deviceProfileResponse":[{"state":"DEACTIVE","profileStatus":"DISABLE"}]}""")]
    [InlineData("""[{"deviceProfileResponse":[{"state":"DEACTIVE","profileStatus":"DISABLE"}]}]""")]
    [InlineData("""[null,7,{"DeviceProfileResponse":["x",{"State":"DEACTIVE","ProfileStatus":"DISABLE"}]}]""")]
    public void Objects_may_be_lists_of_objects(string deviceResponse)
    {
        var callback = EsimCallback.Parse($$"""{"requestId":"r","status":"SUCCESS","deviceIds":{"kind":"Iccid","id":"1"},"deviceResponse":{{deviceResponse}}}""");

        Assert.Equal(("1", "DEACTIVE", "DISABLE"), (callback.Iccid, callback.State, callback.ProfileStatus));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("\"none\"")]
    [InlineData("5")]
    [InlineData("""{"deviceProfileResponse":[]}""")]
    [InlineData("""{"deviceProfileResponse":"none"}""")]
    [InlineData("""{"deviceProfileResponse":{"state":null,"profileStatus":["x"],"profileRole":{}}}""")]
    public void What_the_response_leaves_out_is_not_said(string deviceResponse)
    {
        var callback = EsimCallback.Parse($$"""{"requestId":"r","status":"SUCCESS","deviceIds":[{"kind":"Iccid","id":"1"}],"deviceResponse":{{deviceResponse}}}""");

        Assert.Equal((OutcomeStatus.Succeeded, null, null, null), (callback.Status, callback.State, callback.ProfileStatus, callback.ProfileRole));
    }

    [Theory]
    [InlineData("2", 2)]
    [InlineData("\"2\"", 2)]
    [InlineData("null", null)]
    [InlineData("\"many\"", null)]
    [InlineData("1e99", null)]
    [InlineData("{}", null)]
    public void Counts_are_numbers_or_strings(string json, int? expected) =>
        Assert.Equal(expected, EsimCallback.Parse($$"""{"requestId":"r","deviceIds":[{"kind":"Iccid","id":"1"}],"status":"Success","callbackCount":{{json}}}""").CallbackCount);

    [Theory]
    [InlineData("SUCCESS", OutcomeStatus.Succeeded)]
    [InlineData("Success", OutcomeStatus.Succeeded)]
    [InlineData("success", OutcomeStatus.Succeeded)]
    [InlineData("Failed", OutcomeStatus.Failed)]
    [InlineData("FAILED", OutcomeStatus.Failed)]
    [InlineData("Failure", OutcomeStatus.Failed)]
    [InlineData("warning", OutcomeStatus.Pending)]
    [InlineData("Warning", OutcomeStatus.Pending)]
    [InlineData("Pending", OutcomeStatus.Pending)]
    [InlineData("In progress", OutcomeStatus.Pending)]
    [InlineData("SUCCESSFUL?", OutcomeStatus.Pending)]
    [InlineData("", OutcomeStatus.Pending)]
    public void Only_documented_words_are_final(string word, OutcomeStatus expected) =>
        Assert.Equal(expected, EsimCallback.Parse($$"""{"requestId":"r","deviceIds":[{"kind":"Iccid","id":"1"}],"status":"{{word}}"}""").Status);

    [Fact]
    public void A_message_without_a_status_is_still_pending() =>
        Assert.Equal(OutcomeStatus.Pending, EsimCallback.Parse("""{"requestId":"r","deviceIds":[{"kind":"Iccid","id":"1"}]}""").Status);

    [Theory]
    [InlineData("""{"requestId":"r","deviceIds":[{"id":"1","kind":"Iccid"}],"faultResponse":{"faultcode":"UnifiedWebService.REQUEST_FAILED.DeviceNotFound","faultstring":"no device"},"status":"Failed","callbackCount":1,"maxCallbackThreshold":4}""")]
    [InlineData("""{"faultResponse":{"faultcode":"UnifiedWebService.REQUEST_FAILED.DeviceNotFound","faultstring":"no device","status":"Failed","requestId":"r","deviceIds":[{"id":"1","kind":"Iccid"}],"callbackCount":1,"maxCallbackThreshold":4}}""")]
    [InlineData("""{"requestId":"r","deviceIds":[],"faultResponse":{"faultCode":"UnifiedWebService.REQUEST_FAILED.DeviceNotFound","faultString":"no device","deviceIds":{"id":1,"kind":"iccid"},"callbackCount":"1"}}""")]
    public void Both_nestings_of_a_fault_are_read(string json)
    {
        var callback = EsimCallback.Parse(json);

        Assert.Equal(("r", "1", OutcomeStatus.Failed), (callback.RequestId, callback.Iccid, callback.Status));
        Assert.Equal(("UnifiedWebService.REQUEST_FAILED.DeviceNotFound", "no device", 1), (callback.FaultCode, callback.FaultMessage, callback.CallbackCount));
    }

    [Fact]
    public void Identifiers_are_taken_from_the_response_when_the_top_has_none() =>
        Assert.Equal("1", EsimCallback.Parse("""
            {"requestId":"r","status":"SUCCESS","deviceIds":[{"id":"5551234567","kind":"mdn"}],
             "deviceResponse":{"deviceProfileResponse":{"deviceIdentifierCollection":[{"id":"1","kind":"Iccid"}]}}}
            """).Iccid);

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("not json", "not valid JSON")]
    [InlineData("<xml/>", "not valid JSON")]
    [InlineData("""{"requestId":"r","deviceIds":[{"id":"1","kind":"Iccid"}""", "not valid JSON")]
    [InlineData("""{"requestId":"r","deviceIds":[{"id":"1","kind":"Iccid"}]} trailing""", "not valid JSON")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("""[{"requestId":"r","deviceIds":[{"id":"1","kind":"Iccid"}]}]""", "not a JSON object")]
    [InlineData("null", "not a JSON object")]
    [InlineData("\"text\"", "not a JSON object")]
    [InlineData("42", "not a JSON object")]
    [InlineData("{}", "no requestId")]
    [InlineData("""{"deviceIds":[{"id":"1","kind":"Iccid"}]}""", "no requestId")]
    [InlineData("""{"requestId":null,"deviceIds":[{"id":"1","kind":"Iccid"}]}""", "no requestId")]
    [InlineData("""{"requestId":"","deviceIds":[{"id":"1","kind":"Iccid"}]}""", "no requestId")]
    [InlineData("""{"requestId":{},"deviceIds":[{"id":"1","kind":"Iccid"}]}""", "no requestId")]
    [InlineData("""{"requestId":"r"}""", "names no device")]
    [InlineData("""{"requestId":"r","deviceIds":[]}""", "names no device")]
    [InlineData("""{"requestId":"r","deviceIds":"89"}""", "names no device")]
    [InlineData("""{"requestId":"r","deviceIds":[{"id":"5551234567","kind":"mdn"}]}""", "names no device")]
    [InlineData("""{"requestId":"r","deviceIds":[{"id":"","kind":"iccid"},{"id":null,"kind":"eid"},{"kind":"imei"},{"id":"1"}]}""", "names no device")]
    [InlineData("""{"requestId":"r","deviceIds":[{"id":"\ud800","kind":"iccid"}]}""", "names no device")]
    [InlineData("""{"requestId":"\ud800","deviceIds":[{"id":"1","kind":"Iccid"}]}""", "no requestId")]
    [InlineData("""{"\ud800":"r","deviceIds":[{"id":"1","kind":"Iccid"}]}""", "no requestId")]
    public void What_is_no_callback_is_refused_with_the_reason(string json, string reason) =>
        Assert.Contains(reason, AssertInvalid(Encoding.UTF8.GetBytes(json)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    [InlineData("{\"requestId\":\"r\",\"deviceIds\":", "}")]
    public void A_thousand_levels_are_refused(string open, string close)
    {
        var deep = string.Concat(Enumerable.Repeat(open, 1000)) + "1" + string.Concat(Enumerable.Repeat(close, 1000));

        AssertInvalid(Encoding.UTF8.GetBytes(deep));
    }

    [Fact]
    public void Bytes_that_are_no_utf8_are_refused()
    {
        AssertInvalid(new byte[] { 0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00 });
        AssertInvalid([.. "{\"requestId\":\""u8, 0xc3, 0x28, .. "\",\"deviceIds\":[{\"id\":\"1\",\"kind\":\"Iccid\"}]}"u8]);
        AssertInvalid([.. "{\"requestId\":\"r\",\"deviceIds\":[{\"id\":\""u8, 0xff, .. "\",\"kind\":\"Iccid\"}]}"u8]);
        AssertInvalid([.. "{\""u8, 0xff, .. "\":1}"u8]);
    }

    [Fact]
    public void Ten_megabytes_of_one_string_are_refused_or_read_and_nothing_else_happens()
    {
        var long10 = new string('9', 10_000_000);

        AssertInvalid(Encoding.UTF8.GetBytes($"\"{long10}\""));
        AssertInvalid(Encoding.UTF8.GetBytes($$"""{"requestId":"r","note":"{{long10}}"}"""));
        AssertInvalid(Encoding.UTF8.GetBytes($$"""{"requestId":"r","deviceIds":[{"id":"1","kind":"{{long10}}"}]}"""));
        Assert.Equal(new string('9', 499) + "…", EsimCallback.Parse($$$"""{"requestId":"r","deviceIds":[{"id":"1","kind":"Iccid"}],"faultResponse":{"faultstring":"{{{long10}}}"}}""").FaultMessage);
    }

    [Fact]
    public void Random_damage_gives_a_callback_or_the_one_error()
    {
        var random = new Random(11);
        var sample = Encoding.UTF8.GetBytes(DeactivateSample);
        var read = 0;
        for (var round = 0; round < 5000; round++)
        {
            var damaged = sample.AsSpan(0, random.Next(4) == 0 ? random.Next(sample.Length) : sample.Length).ToArray();
            for (var changes = random.Next(1, 4); changes > 0 && damaged.Length > 0; changes--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            try
            {
                Assert.NotNull(EsimCallback.Parse(damaged).RequestId);
                read++;
            }
            catch (EsimException e)
            {
                Assert.Equal(EsimError.EsimCallbackInvalid, e.Error);
            }
        }

        Assert.InRange(read, 100, 4900);
    }

    private static EsimException AssertInvalid(byte[] json)
    {
        var error = Assert.Throws<EsimException>(() => EsimCallback.Parse(json));
        Assert.Equal(EsimError.EsimCallbackInvalid, error.Error);
        return error;
    }
}

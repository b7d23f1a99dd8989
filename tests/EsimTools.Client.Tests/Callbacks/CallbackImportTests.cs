// Messages from files and texts: every form that people have them in, and for each bad one an error that names its place.

using System.Text;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Callbacks;

public sealed class CallbackImportTests : IDisposable
{
    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void One_message_over_many_lines_is_one() =>
        Assert.Equal([Sample.IccidOf(1)], Iccids(Write(Sample.Callback("r", Sample.IccidOf(1)))));

    [Fact]
    public void An_array_gives_each_of_its_messages() =>
        Assert.Equal([Sample.IccidOf(1), Sample.IccidOf(2)], Iccids(Write($"[{Sample.Callback("r", Sample.IccidOf(1))},\n{Sample.Callback("r", Sample.IccidOf(2))}]")));

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\n\n  \n")]
    public void Json_lines_give_one_each_and_empty_lines_none(string newLine) =>
        Assert.Equal([Sample.IccidOf(1), Sample.IccidOf(2), Sample.IccidOf(3)], Iccids(Write(string.Join(newLine, Line(1), $"[{Line(2)},{Line(3)}]") + newLine)));

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-8 with a mark")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void The_encodings_that_powershell_writes_are_read(string encoding)
    {
        Encoding with = encoding switch { "utf-16" => Encoding.Unicode, "utf-16BE" => Encoding.BigEndianUnicode, "utf-8" => new UTF8Encoding(false), _ => new UTF8Encoding(true) };

        Assert.Equal([Sample.IccidOf(1), Sample.IccidOf(2)], Iccids(Write($"{Line(1)}\r\n{Line(2)}\r\n", with)));
        Assert.Equal([Sample.IccidOf(1)], Iccids(Write(Sample.Callback("r", Sample.IccidOf(1)), with)));
    }

    [Fact]
    public void A_bad_line_is_one_error_with_its_number_and_the_others_are_read()
    {
        var file = Write(string.Join('\n', "garbage", Line(1), "{\"requestId\":\"r\"}", "", "[1," + Line(2) + "]", Line(3).Substring(0, 30)));

        var all = EsimCallbackImport.ReadFile(file).ToList();

        Assert.Equal([Sample.IccidOf(1), Sample.IccidOf(2)], all.Select(one => one.Callback?.Iccid).OfType<string>());
        Assert.Equal(
            ["line 1", "line 3", "line 5, item 1", "line 6"],
            all.Where(one => one.Problem is not null).Select(one => one.Place.Substring(one.Place.IndexOf(',', StringComparison.Ordinal) + 2)));
        Assert.All(all.Select(one => one.Problem).OfType<EsimException>(), problem => Assert.Equal(EsimError.EsimCallbackInvalid, problem.Error));
        Assert.Contains(Path.GetFileName(file) + ", line 3", all[2].Problem!.Message, StringComparison.Ordinal);
        Assert.Contains("names no device", all[2].Problem!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\n\"requestId\": \"r\",\n\"deviceIds\": [\n{ \"id\": \"1\", \"kind\": \"Iccid\" }\n")]
    [InlineData("not json\nat all\n")]
    [InlineData("<html>\n</html>")]
    public void A_file_without_any_message_is_one_error(string text) =>
        Assert.Equal(EsimError.EsimCallbackInvalid, Assert.Single(EsimCallbackImport.ReadFile(Write(text))).Problem!.Error);

    [Fact]
    public void An_empty_file_is_an_error() => Assert.Contains("it is empty", Assert.Single(EsimCallbackImport.ReadFile(Write(string.Empty))).Problem!.Message, StringComparison.Ordinal);

    [Fact]
    public void Invalid_utf8_and_a_thousand_levels_spoil_only_their_own_lines()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 1000)) + new string(']', 1000);
        var file = Path.Combine(_fixture.Folder.Path, "bytes.jsonl");
        File.WriteAllBytes(file, [.. Encoding.UTF8.GetBytes(Line(1) + "\n{\"requestId\":\""), 0xc3, 0x28, .. Encoding.UTF8.GetBytes("\"}\n" + deep + "\n" + Line(2))]);

        var all = EsimCallbackImport.ReadFile(file).ToList();

        Assert.Equal([true, false, false, true], all.Select(one => one.Callback is not null));
    }

    [Fact]
    public void A_large_file_is_read_to_its_end_in_order()
    {
        var file = Path.Combine(_fixture.Folder.Path, "large.jsonl");
        var filler = new string(' ', 900);
        using (var writer = new StreamWriter(file))
        {
            for (var i = 0; i < 60_000; i++)
            {
                writer.WriteLine(Line(i) + filler);
            }
        }

        var count = 0;
        foreach (var one in EsimCallbackImport.ReadFile(file))
        {
            Assert.Equal(Sample.IccidOf(count), one.Callback!.Iccid);
            count++;
        }

        Assert.Equal(60_000, count);
    }

    [Fact]
    public void A_line_that_is_longer_than_any_message_is_passed_over()
    {
        var file = Path.Combine(_fixture.Folder.Path, "long.jsonl");
        using (var stream = File.Create(file))
        {
            stream.Write(Encoding.UTF8.GetBytes(Line(1) + "\n\""));
            var block = Encoding.UTF8.GetBytes(new string('x', 1 << 20));
            for (var i = 0; i < 70; i++)
            {
                stream.Write(block);
            }

            stream.Write(Encoding.UTF8.GetBytes("\"\n" + Line(2)));
        }

        var all = EsimCallbackImport.ReadFile(file).ToList();

        Assert.Equal([true, false, true], all.Select(one => one.Callback is not null));
        Assert.Contains("line 2 cannot be used: the line is too long", all[1].Problem!.Message, StringComparison.Ordinal);
        Assert.Equal(Sample.IccidOf(2), all[2].Callback!.Iccid);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_an_error()
    {
        var error = Assert.Throws<EsimException>(() => EsimCallbackImport.ReadFile(Path.Combine(_fixture.Folder.Path, "missing")).ToList());

        Assert.Equal(EsimError.EsimCallbackInvalid, error.Error);
    }

    [Fact]
    public void What_a_listener_has_recorded_keeps_its_times_and_its_frame_is_no_message()
    {
        var file = Write(string.Join('\n',
            """{"v":1,"at":"2026-02-01T00:00:00.000Z","event":"listening","service":"https://service.test/api"}""",
            $$"""{"v":1,"at":"2026-02-01T01:02:03.456Z","event":"callback","message":{{Line(1)}}}""",
            """{"v":1,"at":"2026-02-01T01:02:03.456Z","event":"callback","message":{"requestId":"about something else"}}""",
            """{"v":1,"at":"2026-02-01T02:00:00.000Z","event":"processed"}"""));

        var callback = Assert.Single(EsimCallbackImport.ReadFile(file)).Callback!;

        Assert.Equal((Sample.IccidOf(1), new DateTimeOffset(2026, 2, 1, 1, 2, 3, 456, TimeSpan.Zero)), (callback.Iccid, callback.ReceivedAt));
    }

    [Fact]
    public void A_text_is_one_message_or_an_array()
    {
        Assert.Equal(Sample.IccidOf(1), Assert.Single(EsimCallbackImport.ReadText(Sample.Callback("r", Sample.IccidOf(1)))).Callback!.Iccid);
        Assert.Equal(2, EsimCallbackImport.ReadText($"[{Line(1)},{Line(2)}]").Count(one => one.Callback is not null));
        Assert.Empty(EsimCallbackImport.ReadText("[]"));
        Assert.NotNull(Assert.Single(EsimCallbackImport.ReadText("nonsense")).Problem);
    }

    [Fact]
    public async Task A_message_of_unknown_age_settles_its_request_and_is_as_old_as_the_request()
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        var connection = await _fixture.OpenAsync();
        var request = (await ConnectionFixture.DeactivateAsync(connection, Sample.Profiles(1))).Request!;
        _fixture.Clock.Advance(TimeSpan.FromHours(30));

        connection.ReceiveCallback(EsimCallbackImport.ReadText(Line(1)).Single().Callback!);

        Assert.Equal(EsimRequestStatus.Succeeded, request.Status);
        Assert.Equal(ManualClock.Start, Assert.Single(request.GetResults()).ReceivedAt);

        // Thirty hours are too long ago to prove that the profile may be deleted today.
        Assert.NotEqual(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, Sample.Profile(1)).Decision);
    }

    private static string Line(int number) => $$"""{"requestId":"r","status":"SUCCESS","deviceIds":[{"id":"{{Sample.IccidOf(number)}}","kind":"Iccid"}]}""";

    private static string[] Iccids(string file) => [.. EsimCallbackImport.ReadFile(file).Select(one => one.Problem is null ? one.Callback!.Iccid! : throw one.Problem)];

    private string Write(string text, Encoding? encoding = null)
    {
        var file = Path.Combine(_fixture.Folder.Path, Guid.NewGuid().ToString("N") + ".json");
        File.WriteAllText(file, text, encoding ?? new UTF8Encoding(false));
        return file;
    }
}

// What the listener's web server takes for a call: heads, chunks and prefixes, as pure functions.

using System.Net;
using System.Text;
using EsimTools.HttpServer;

namespace EsimTools.Client.Tests.HttpServer;

public sealed class HttpReadingTests
{
    private static readonly ListenAddress Anywhere = ListenAddress.Parse("http://+:9001/");

    [Theory]
    [InlineData("POST / HTTP/1.1|Host: a", 0, true, false)]
    [InlineData("POST / HTTP/1.0", 0, false, false)]
    [InlineData("POST / HTTP/1.0|Connection: Keep-Alive", 0, true, false)]
    [InlineData("POST / HTTP/1.1|Host: a|Connection: Upgrade, CLOSE", 0, false, false)]
    [InlineData("POST / HTTP/1.1|Host: a|Connection: keep-alive|Connection: close", 0, false, false)]
    [InlineData("POST / HTTP/1.7|HOST:a", 0, true, false)]
    [InlineData("POST / HTTP/1.1|Host: a|CONTENT-length: \t0017 ", 17, true, false)]
    [InlineData("POST / HTTP/1.1|Host: a|Content-Length: 5|Content-Length: 05", 5, true, false)]
    [InlineData("POST / HTTP/1.1|Host: a|Content-Length: 999999999999999999", 999_999_999_999_999_999, true, false)]
    [InlineData("POST / HTTP/1.1|Host: a|transfer-encoding: Chunked", 0, true, true)]
    [InlineData("POST / HTTP/1.1|Host:|X:|Y: \u00e9", 0, true, false)]
    public void Heads_that_are_right_are_understood(string text, long length, bool staysOpen, bool isChunked)
    {
        var head = new HttpHead();

        Assert.Null(Read(head, text));

        Assert.Equal((true, length, staysOpen, isChunked), (head.IsPost, head.ContentLength, head.StaysOpen, head.IsChunked));
    }

    public static TheoryData<string, int> BadHeads => new()
    {
        { "", 400 },
        { "POST", 400 },
        { "POST /", 400 },
        { "POST / ", 400 },
        { "POST  / HTTP/1.1|Host: a", 400 },
        { "POST / HTTP/1.1 |Host: a", 400 },
        { " POST / HTTP/1.1|Host: a", 400 },
        { "POST /a b HTTP/1.1|Host: a", 400 },
        { "P\u00d6ST / HTTP/1.1|Host: a", 400 },
        { "P(ST / HTTP/1.1|Host: a", 400 },
        { "POST /\t HTTP/1.1|Host: a", 400 },
        { "POST /\0 HTTP/1.1|Host: a", 400 },
        { "POST /\u00e9 HTTP/1.1|Host: a", 400 },
        { "POST / http/1.1|Host: a", 400 },
        { "POST / HTTP/1|Host: a", 400 },
        { "POST / HTTP/11|Host: a", 400 },
        { "POST / HTTP/1.x|Host: a", 400 },
        { "POST / HTTP/x.1|Host: a", 400 },
        { "POST / HTTP/2.0|Host: a", 505 },
        { "PRI * HTTP/2.0", 505 },
        { "POST / HTTP/0.9|Host: a", 505 },
        { "\u0016\u0003\u0001\u0002", 400 },
        { "POST / HTTP/1.1", 400 },
        { "POST / HTTP/1.1|Host: a|Host: a", 400 },
        { "POST / HTTP/1.1|Host: a b", 400 },
        { "POST / HTTP/1.1|Host: a|Name", 400 },
        { "POST / HTTP/1.1|Host: a|: value", 400 },
        { "POST / HTTP/1.1|Host : a", 400 },
        { "POST / HTTP/1.1|Host: a|Na me: b", 400 },
        { "POST / HTTP/1.1|Host: a|X: b| folded", 400 },
        { "POST / HTTP/1.1|Host: a|X: b|\tfolded: x", 400 },
        { "POST / HTTP/1.1| Host: a", 400 },
        { "POST / HTTP/1.1|Host: a|X: b\rc", 400 },
        { "POST / HTTP/1.1|Host: a|X: b\r\r", 400 },
        { "POST / HTTP/1.1|Host: a|X: b\nY: c", 400 },
        { "POST / HTTP/1.1|Host: a|X: b\0c", 400 },
        { "POST / HTTP/1.1|Host: a|X: b\u007f", 400 },
        { "POST / HTTP/1.1|Host: a|Content-Length:", 400 },
        { "POST / HTTP/1.1|Host: a|Content-Length: -1", 400 },
        { "POST / HTTP/1.1|Host: a|Content-Length: +1", 400 },
        { "POST / HTTP/1.1|Host: a|Content-Length: 1 1", 400 },
        { "POST / HTTP/1.1|Host: a|Content-Length: 1,1", 400 },
        { "POST / HTTP/1.1|Host: a|Content-Length: 0x10", 400 },
        { "POST / HTTP/1.1|Host: a|Content-Length: 1.0", 400 },
        { "POST / HTTP/1.1|Host: a|Content-Length: 18446744073709551617", 400 },
        { "POST / HTTP/1.1|Host: a|Content-Length: 5|Content-Length: 6", 400 },
        { "POST / HTTP/1.1|Host: a|Content-Length: 5|Transfer-Encoding: chunked", 400 },
        { "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked|Content-Length: 5", 400 },
        { "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked|Transfer-Encoding: chunked", 400 },
        { "POST / HTTP/1.0|Host: a|Transfer-Encoding: chunked", 400 },
        { "POST / HTTP/1.1|Host: a|Transfer-Encoding: gzip, chunked", 501 },
        { "POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked, chunked", 501 },
        { "POST / HTTP/1.1|Host: a|Transfer-Encoding: identity", 501 },
        { "POST / HTTP/1.1|Host: a|Transfer-Encoding: xchunked", 501 },
        { "POST / HTTP/1.1|Host: a|Transfer-Encoding:", 501 },
        { "POST / HTTP/1.1|Host: a|Expect: 200-ok", 417 },
    };

    [Theory]
    [MemberData(nameof(BadHeads))]
    public void Heads_that_are_wrong_are_refused(string text, int status) => Assert.Equal((HttpStatusCode)status, Read(new HttpHead(), text));

    [Fact]
    public void A_head_keeps_nothing_of_the_one_before()
    {
        var head = new HttpHead();
        Assert.Null(Read(head, "POST / HTTP/1.0|Connection: close|Content-Length: 5|Expect: 100-continue|X-Forwarded-For: 1.2.3.4"));
        Assert.Null(Read(head, "GET * HTTP/1.1|Host: a"));

        Assert.Equal((false, false, 0, false, true, null, false), (head.IsPost, head.IsOld, head.ContentLength, head.ExpectsContinue, head.StaysOpen, head.ForwardedFor, head.IsServed));
    }

    [Fact]
    public void The_last_of_several_forwarded_fields_counts()
    {
        var head = new HttpHead();

        Assert.Null(Read(head, "POST / HTTP/1.1|Host: a|X-Forwarded-For: 1.2.3.4|x-forwarded-for: 5.6.7.8, 9.9.9.9"));

        Assert.Equal("5.6.7.8, 9.9.9.9", head.ForwardedFor);
    }

    // Whatever comes, it is a head or it is refused; the random numbers are the same in every run.
    [Fact]
    public void No_damage_to_a_head_brings_the_reader_down()
    {
        var random = new Random(7);
        var good = Encoding.Latin1.GetBytes("POST /hook HTTP/1.1\r\nHost: a:1\r\nContent-Length: 12\r\nConnection: a, b\r\nExpect: 100-continue\r\n\r\n");
        var head = new HttpHead();
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = good.ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            head.Read(bytes.AsSpan(0, random.Next(bytes.Length + 1)), Anywhere);
        }
    }

    public static TheoryData<string, string> GoodChunks => new()
    {
        { "0\r\n\r\n", "" },
        { "5\r\nhello\r\n0\r\n\r\n", "hello" },
        { "A\r\n0123456789\r\n00000000\r\n\r\n", "0123456789" },
        { "a;name=value;x=\"y z\"\r\n0123456789\r\n1\r\n!\r\n0;end\r\n\r\n", "0123456789!" },
        { "1\r\n\r\r\n1\r\n\n\r\n0\r\nTrailer: x\r\nOther:\r\n\r\n", "\r\n" },
    };

    [Theory]
    [MemberData(nameof(GoodChunks))]
    public void Chunks_are_put_together_wherever_they_were_cut(string text, string body)
    {
        var bytes = Encoding.Latin1.GetBytes(text + "POST");
        for (var piece = 1; piece <= bytes.Length; piece++)
        {
            for (var room = 1; room < 4; room++)
            {
                var chunks = new ChunkDecoder();
                var (decoded, used) = Decode(chunks, bytes, piece, room);

                Assert.True(chunks.IsDone);
                Assert.Equal(body, decoded);
                Assert.Equal(text.Length, used);
            }
        }
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData(" 5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("5 \r\nhello\r\n0\r\n\r\n")]
    [InlineData("-5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("+5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("0x5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("g\r\n")]
    [InlineData(";x\r\n")]
    [InlineData("000000005\r\nhello\r\n0\r\n\r\n")]
    [InlineData("fffffffff\r\n")]
    [InlineData("5\nhello\r\n0\r\n\r\n")]
    [InlineData("5\rhello\r\n0\r\n\r\n")]
    [InlineData("5\r\nhello!\r\n0\r\n\r\n")]
    [InlineData("5\r\nhello\n0\r\n\r\n")]
    [InlineData("5\r\nhello0\r\n\r\n")]
    [InlineData("5;a\nb\r\nhello\r\n")]
    [InlineData("5;a\0\r\nhello\r\n")]
    [InlineData("0\r\nno colon\r\n\r\n")]
    [InlineData("0\r\n folded: x\r\n\r\n")]
    [InlineData("0\r\nA: b\n\r\n")]
    [InlineData("0\r\n\rx")]
    public void Chunks_that_are_none_are_refused(string text) =>
        Assert.Throws<InvalidDataException>(() => Decode(new ChunkDecoder(), Encoding.Latin1.GetBytes(text), text.Length, 100));

    [Theory]
    [InlineData("5;", "x", "\r\nhello\r\n0\r\n\r\n")]
    [InlineData("0\r\n", "A: b\r\n", "\r\n")]
    [InlineData("0\r\n", "x", ": y\r\n\r\n")]
    public void Chunks_that_say_too_much_beside_the_body_are_refused(string before, string repeated, string after) =>
        Assert.Throws<InvalidDataException>(() => Decode(
            new ChunkDecoder(), Encoding.Latin1.GetBytes(before + string.Concat(Enumerable.Repeat(repeated, 5000)) + after), 1000, 100));

    [Theory]
    [InlineData("http://+:9001/thingspace/", "/thingspace", "anything", true)]
    [InlineData("http://+:9001/thingspace", "/thingspace/", "anything:9001", true)]
    [InlineData("http://*:9001/thingspace/", "/thingspace/deeper?a=/../b", "", true)]
    [InlineData("http://+:9001/thingspace/", "/ThingSpace?a=b", "x", true)]
    [InlineData("http://+:9001/thingspace/", "/thing%73pace/x", "x", true)]
    [InlineData("http://+:9001/sch%C3%B6n/", "/sch%c3%b6n", "x", true)]
    [InlineData("http://+:9001/thingspace/", "http://other:1/thingspace/", "x", true)]
    [InlineData("http://+:9001/thingspace/", "/", "x", false)]
    [InlineData("http://+:9001/thingspace/", "*", "x", false)]
    [InlineData("http://+:9001/thingspace/", "/thingspaces", "x", false)]
    [InlineData("http://+:9001/thingspace/", "/other", "x", false)]
    [InlineData("http://+:9001/thingspace/", "/thingspac%", "x", false)]
    [InlineData("http://+:9001/thingspace/", "/thingspace/../other", "x", false)]
    [InlineData("http://+:9001/thingspace/", "/thingspace/%2e%2e/other", "x", false)]
    [InlineData("http://+:9001/", "/", "x", true)]
    [InlineData("http://+:9001", "/anything", "x", true)]
    [InlineData("http://+:9001/", "http://other", "x", true)]
    [InlineData("http://+:9001/", "*", "x", false)]
    [InlineData("http://+:9001/", "here:9001", "x", false)]
    [InlineData("http://127.0.0.1:9001/", "/", "public.example.com", true)]
    [InlineData("http://localhost:9001/", "/", "127.0.0.1:9001", true)]
    [InlineData("http://Hooks.Example.com:9001/", "/", "hooks.example.COM:80", true)]
    [InlineData("http://hooks.example.com:9001/", "/", "hooks.example.com", true)]
    [InlineData("http://hooks.example.com:9001/", "/", "hooks.example.org", false)]
    [InlineData("http://hooks.example.com:9001/", "/", "", false)]
    [InlineData("http://hooks.example.com:9001/", "http://hooks.example.com/", "other", true)]
    [InlineData("http://hooks.example.com:9001/", "http://other/", "hooks.example.com", false)]
    public void A_prefix_serves_its_host_and_what_is_below_its_path(string prefix, string target, string host, bool isServed) =>
        Assert.Equal(isServed, ListenAddress.Parse(prefix).Serves(Encoding.ASCII.GetBytes(target), Encoding.ASCII.GetBytes(host)));

    [Theory]
    [InlineData("http://+:9001/", "")]
    [InlineData("http://*/", "")]
    [InlineData("http://name.example.com/", "")]
    [InlineData("http://localhost/", "127.0.0.1 ::1")]
    [InlineData("http://10.1.2.3/", "10.1.2.3")]
    [InlineData("http://[::1]:9001/", "::1")]
    public void A_prefix_says_which_addresses_to_listen_on(string prefix, string addresses) =>
        Assert.Equal(addresses, string.Join(" ", ListenAddress.Parse(prefix).Addresses));

    [Theory]
    [InlineData("http://*.example.com:9001/")]
    [InlineData("http://+.example.com:9001/")]
    [InlineData("http://+:0/")]
    [InlineData("http://:9001/")]
    [InlineData("http://+:9001/#a")]
    [InlineData("net.tcp://+:9001/")]
    public void A_prefix_that_nothing_could_come_to_is_refused(string prefix) =>
        Assert.Equal(EsimError.EsimParameterInvalid, Assert.Throws<EsimException>(() => ListenAddress.Parse(prefix)).Error);

    private static HttpStatusCode? Read(HttpHead head, string text) =>
        head.Read(Encoding.Latin1.GetBytes(text.Replace("|", "\r\n", StringComparison.Ordinal) + "\r\n\r\n"), Anywhere);

    private static (string Body, int Used) Decode(ChunkDecoder chunks, byte[] bytes, int piece, int room)
    {
        var body = new StringBuilder();
        var output = new byte[room];
        var used = 0;
        for (var end = 0; end < bytes.Length && !chunks.IsDone;)
        {
            end = Math.Min(bytes.Length, end + piece);
            int consumed, written;
            do
            {
                if (!chunks.TryDecode(bytes.AsSpan(used, end - used), output, out consumed, out written))
                {
                    throw new InvalidDataException();
                }

                used += consumed;
                body.Append(Encoding.Latin1.GetString(output, 0, written));
            }
            while (consumed > 0);
        }

        return (body.ToString(), used);
    }
}

// The quick reading of devices must agree with the careful one, whatever it is given.

using System.Text;
using EsimTools.Sandbox.Actions;
using EsimTools.Sandbox.Service;
using EsimTools.Sandbox.Tests.Support;

namespace EsimTools.Sandbox.Tests;

public sealed class DeviceScannerTests
{
    [Fact]
    public void Quick_and_careful_reading_agree_on_bodies_with_random_damage()
    {
        var random = new Random(7);
        var plain = SandboxFixture.Body("deactivate", Fleets.Many(3));
        var outcomes = new HashSet<string>();
        for (var i = 0; i < 20_000; i++)
        {
            var body = Damage(plain, random);
            var careful = Read(Careful(body));
            Assert.Equal(careful, Read(body));
            outcomes.Add(careful);
        }

        // Both sides of every doubt were met.
        Assert.Contains(outcomes, outcome => outcome.StartsWith("3 ", StringComparison.Ordinal));
        Assert.Contains(outcomes, outcome => outcome.EndsWith("DeserializationFailed", StringComparison.Ordinal));
        Assert.Contains(outcomes, outcome => outcome.EndsWith("Device.Kind.Invalid", StringComparison.Ordinal));
        Assert.Contains(outcomes, outcome => outcome.EndsWith("Device.Identifier.Invalid", StringComparison.Ordinal));
    }

    [Fact]
    public void A_plain_body_is_read_to_its_end_by_the_quick_reading()
    {
        var body = Encoding.UTF8.GetBytes(SandboxFixture.Body("deactivate", Fleets.Many(3)));
        var start = Array.IndexOf(body, (byte)'[') + 1;
        var scanner = new DeviceScanner(body.AsSpan(start), ProfileAction.Deactivate);

        Assert.True(scanner.TryRead(out _));
        Assert.True(scanner.TryRead(out _));
        Assert.True(scanner.TryRead(out var last));
        Assert.False(scanner.TryRead(out _));
        Assert.Equal(Fleets.Local(3).Iccid, last.Iccid.ToString());
        Assert.Equal((byte)']', body[start + scanner.Position]);
    }

    // An escape in the first entry's first name, which means the same, keeps the quick reading out.
    private static string Careful(string body)
    {
        var at = body.IndexOf("\"deviceIds\"", StringComparison.Ordinal);
        return at < 0 ? body : body.Remove(at, 2).Insert(at, "\"\\u0064");
    }

    private static string Damage(string body, Random random)
    {
        var text = new StringBuilder(body);
        for (var times = random.Next(3); times > 0; times--)
        {
            var at = random.Next(text.Length);
            switch (random.Next(4))
            {
                case 0:
                    text.Remove(at, 1);
                    break;
                case 1:
                    text.Insert(at, "{}[],:\"0 x\n"[random.Next(11)]);
                    break;
                case 2:
                    text[at] = "{}[],:\"0 x\n"[random.Next(11)];
                    break;
                default:
                    var length = Math.Min(random.Next(60), text.Length - at);
                    text.Insert(random.Next(text.Length), text.ToString(at, length));
                    break;
            }
        }

        return text.ToString();
    }

    private static string Read(string body)
    {
        try
        {
            var request = ActionRequest.Read(Encoding.UTF8.GetBytes(body), ProfileAction.Deactivate, 100);
            return request.Targets.Count + " " + string.Join(",", request.Targets.Select(target => $"{target.Iccid}/{target.Eid}/{target.Imei}")) + " " + request.Account;
        }
        catch (Refusal refusal)
        {
            return new Answer(0, Encoding.UTF8.GetString(refusal.Answer.Body.Span), null, null).Text("errorCode");
        }
    }
}

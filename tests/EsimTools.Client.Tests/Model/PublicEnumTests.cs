// States of the public surface are words in JSON, whoever writes it.

using System.Text.Json;

namespace EsimTools.Client.Tests.Model;

public sealed class PublicEnumTests
{
    public static TheoryData<Type> Enums => [.. typeof(EsimRequest).Assembly.GetExportedTypes().Where(type => type.IsEnum)];

    [Theory]
    [MemberData(nameof(Enums))]
    public void A_public_enum_is_a_word_in_JSON(Type type)
    {
        var last = Enum.GetValues(type).Cast<object>().Last();

        Assert.Equal($"\"{last}\"", JsonSerializer.Serialize(last, type));
        Assert.Equal(last, JsonSerializer.Deserialize($"\"{last}\"", type));

        // PowerShell's ConvertTo-Json writes those enums alone as words that have 64 bits.
        Assert.Equal(typeof(long), Enum.GetUnderlyingType(type));
    }

    [Fact]
    public void A_device_is_readable_in_JSON()
    {
        var device = new EsimDevice { Iccid = "89141390780800784259", CreatedAt = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero) };

        Assert.Contains("\"CreatedAt\":\"2020-01-01T00:00:00+00:00\"", JsonSerializer.Serialize(device), StringComparison.Ordinal);
        Assert.Contains("\"Source\":\"ServiceList\"", JsonSerializer.Serialize(device.ToProfile()), StringComparison.Ordinal);
    }
}

using System.Globalization;
using System.Text.Json;
using AgentMesh.Primitives.Stored;

namespace AgentMesh.Primitives.Tests.Stored;

public sealed class IsoTimeConverterTests
{
    private static readonly JsonSerializerOptions Options = new() { Converters = { new IsoTimeConverter() } };

    [Theory]
    [InlineData("2026-01-02T03:04:05.678+00:00", "2026-01-02T03:04:05.678Z")]
    [InlineData("2026-01-02T03:04:05+00:00", "2026-01-02T03:04:05.000Z")]
    [InlineData("2026-01-02T00:30:00.000+02:00", "2026-01-01T22:30:00.000Z")]
    // Finer than a millisecond is cut off, not rounded: no time is written that has not come.
    [InlineData("2026-01-02T03:04:05.6789999+00:00", "2026-01-02T03:04:05.678Z")]
    public void Time_IsWrittenInUtc_ToTheMillisecond(string time, string written)
    {
        var value = DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);
        Assert.Equal($"\"{written}\"", JsonSerializer.Serialize(value, Options));
        var read = JsonSerializer.Deserialize<DateTimeOffset>($"\"{written}\"", Options);
        Assert.Equal((value.UtcTicks / TimeSpan.TicksPerMillisecond * TimeSpan.TicksPerMillisecond, TimeSpan.Zero), (read.UtcTicks, read.Offset));
    }

    [Theory]
    [InlineData("\"2026-01-02T03:04:05Z\"")]
    [InlineData("\"2026-01-02T03:04:05.678\"")]
    [InlineData("\"2026-01-02T03:04:05.678+00:00\"")]
    [InlineData("\"2026-01-02 03:04:05.678Z\"")]
    [InlineData("\"2026-02-30T03:04:05.678Z\"")]
    [InlineData("\"\"")]
    [InlineData("1767323045")]
    [InlineData("null")]
    [InlineData("{}")]
    public void AnotherForm_IsNoStoredTime(string stored) => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<DateTimeOffset>(stored, Options));
}

using AgentMesh.Sidecar.Runtime;

namespace AgentMesh.Sidecar.Tests.Runtime;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("0h0m30s0ms", 30_000)]
    [InlineData("24h0m0s0ms", 86_400_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("100ms", 100)]
    [InlineData("2000us", 2)]
    [InlineData("-1s", -1_000)]
    [InlineData("+1s", 1_000)]
    [InlineData("0", 0)]
    [InlineData("1m1ms", 60_001)]
    public void TryParse_ReadsWhatGoReads(string text, double milliseconds)
    {
        Assert.True(GoDuration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("s")]
    [InlineData("1d")]
    [InlineData("PT1S")]
    [InlineData("1s ")]
    [InlineData("1..5s")]
    [InlineData("99999999999999h")]
    [InlineData("2562048h")]
    public void TryParse_RefusesTheRest(string? text) => Assert.False(GoDuration.TryParse(text, out _));
}

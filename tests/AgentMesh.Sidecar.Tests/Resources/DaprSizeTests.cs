using AgentMesh.Sidecar.Resources;

namespace AgentMesh.Sidecar.Tests.Resources;

public sealed class DaprSizeTests
{
    [Theory]
    [InlineData("1", 1)]
    [InlineData("65536", 65536)]
    [InlineData(" 64Ki ", 65536)]
    [InlineData("4Mi", 4194304)]
    [InlineData("1.5Gi", 1610612736)]
    [InlineData("4k", 4000)]
    [InlineData("4M", 4000000)]
    [InlineData("2G", 2000000000)]
    [InlineData("0.0001Ki", 1)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void Text_IsBytes(string text, long expected)
    {
        Assert.True(DaprSize.TryParse(text, out var bytes));
        Assert.Equal(expected, bytes);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("Mi")]
    [InlineData("4MB")]
    [InlineData("4mi")]
    [InlineData("4K")]
    [InlineData("1,000")]
    [InlineData("9223372036854775808")]
    [InlineData("9000000Ti")]
    public void AnythingElse_IsRefused(string? text) => Assert.False(DaprSize.TryParse(text, out _));
}

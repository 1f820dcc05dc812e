using AgentMesh.Sidecar.Launcher;

namespace AgentMesh.Sidecar.Tests.Launcher;

public sealed class RestartPolicyTests
{
    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 250)]
    [InlineData(3, 500)]
    [InlineData(4, 1000)]
    [InlineData(5, 1750)]
    [InlineData(6, 1750)]
    [InlineData(1000000, 1750)]
    public void Delay_GrowsWithDeathsInARow_AndStaysBelowTwoSeconds(int deaths, int expectedMs) =>
        Assert.Equal(expectedMs, RestartPolicy.Delay(deaths).TotalMilliseconds);
}

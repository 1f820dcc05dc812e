using AgentMesh.Cli.Terminal;

namespace AgentMesh.Cli.Tests.Terminal;

public sealed class BarTests
{
    /// <summary>A little is seen, and only a whole looks like one.</summary>
    [Theory]
    [InlineData(0, 0, 100, "[..........]")]
    [InlineData(1, 0, 100, "[#.........]")]
    [InlineData(19, 0, 100, "[#.........]")]
    [InlineData(20, 0, 100, "[##........]")]
    [InlineData(99, 0, 100, "[#########.]")]
    [InlineData(100, 0, 100, "[##########]")]
    [InlineData(101, 0, 100, "[##########]")]
    [InlineData(0, 1, 100, "[=.........]")]
    [InlineData(1, 1, 100, "[#=........]")]
    [InlineData(50, 30, 100, "[#####===..]")]
    [InlineData(99, 1, 100, "[#########=]")]
    [InlineData(98, 1, 100, "[########=.]")]
    [InlineData(0, 100, 100, "[==========]")]
    [InlineData(100, 1, 100, "[#########=]")]
    [InlineData(0, 0, 0, "[----------]")]
    [InlineData(1, 0, 0, "[----------]")]
    [InlineData(1, 0, 1, "[##########]")]
    public void Bar_IsDrawn(int done, int held, int whole, string bar) => Assert.Equal(bar, Bar.Of(done, held, whole, 10));
}

using AgentMesh.CrashKit.Seeds;

namespace AgentMesh.CrashKit.Tests.Seeds;

/// <summary>A seed means the same numbers on every machine, in every version, whoever else takes some.</summary>
public sealed class SeededRandomTests
{
    [Fact]
    public void Seed_DecidesTheNumbers_ForAllTime()
    {
        var random = new SeededRandom(1);
        Assert.Equal([566, 745, 971, 444, 444], Enumerable.Range(0, 5).Select(_ => random.Next(1000)));
    }

    [Fact]
    public void Fork_DependsOnTheSeedAndTheName_AndNotOnWhatWasTaken()
    {
        var (fresh, used) = (new SeededRandom(7), new SeededRandom(7));
        used.Next(10);
        Assert.Equal(Numbers(fresh.Fork("client-1")), Numbers(used.Fork("client-1")));
        Assert.NotEqual(Numbers(fresh.Fork("client-1")), Numbers(fresh.Fork("client-2")));
        Assert.NotEqual(Numbers(fresh.Fork("client-1")), Numbers(new SeededRandom(8).Fork("client-1")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10)]
    public void Next_ReachesEveryNumberBelow_AndNoOther(int below)
    {
        var random = new SeededRandom(3);
        Assert.Equal(Enumerable.Range(0, below), Enumerable.Range(0, 1000).Select(_ => random.Next(below)).Distinct().Order());
    }

    [Fact]
    public void Next_OfNothing_IsAMistake() => Assert.Throws<ArgumentOutOfRangeException>(() => new SeededRandom(1).Next(0));

    [Theory]
    [InlineData(0, false)]
    [InlineData(100, true)]
    public void Percent_AtItsEnds_IsCertain(int percent, bool expected)
    {
        var random = new SeededRandom(5);
        Assert.All(Enumerable.Range(0, 100), _ => Assert.Equal(expected, random.Percent(percent)));
    }

    [Fact]
    public void Between_HasBothEnds()
    {
        var random = new SeededRandom(9);
        Assert.Equal([3, 4, 5], Enumerable.Range(0, 100).Select(_ => random.Between(3, 5)).Distinct().Order());
    }

    private static List<int> Numbers(SeededRandom random) => [.. Enumerable.Range(0, 4).Select(_ => random.Next(int.MaxValue))];
}

using AgentMesh.Agents.Payments;
using AgentMesh.Agents.Policies;
using static AgentMesh.Agents.Tests.Policies.SamplePolicies;

namespace AgentMesh.Agents.Tests.Policies;

/// <summary>How the recent payments of an asset are gathered into a record of a bounded size: never so that one counts too short.</summary>
public sealed class SpendingLineTests
{
    private static readonly SpendingLine Nothing = new(PaymentDirection.Out, Usdc, []);

    /// <summary>Two spans of seconds, and the one of both. The clock may have gone back between them.</summary>
    [Theory]
    [InlineData(0, 1, 2, 3, 0, 3)]
    [InlineData(2, 3, 0, 1, 0, 3)]
    [InlineData(0, 9, 2, 3, 0, 9)]
    [InlineData(2, 3, 0, 9, 0, 9)]
    [InlineData(0, 1, 0, 1, 0, 1)]
    public void Both_LastFromTheFirstPaymentToTheLast(int from, int until, int otherFrom, int otherUntil, int bothFrom, int bothUntil)
    {
        var both = Slice(from, until, 2, 300).And(Slice(otherFrom, otherUntil, 3, 4));
        Assert.Equal(Slice(bothFrom, bothUntil, 5, 304), both);
    }

    [Theory]
    [InlineData(PolicyLimits.Slices - 1, PolicyLimits.Slices - 1)]
    [InlineData(PolicyLimits.Slices, PolicyLimits.Slices)]
    [InlineData(PolicyLimits.Slices + 1, PolicyLimits.Slices)]
    [InlineData(PolicyLimits.Slices + 9, PolicyLimits.Slices)]
    public void Line_KeepsPaymentsApart_AsLongAsThereIsRoom(int payments, int slices)
    {
        var line = LineOf(Enumerable.Range(0, payments));
        Assert.Equal(slices, line.Slices.Length);
        Assert.Equal(payments, line.Slices.Sum(slice => slice.Payments));
    }

    /// <summary>Two payments of ten hours ago, a minute apart, and then one every half minute: for their age the old ones are closer together.</summary>
    [Fact]
    public void PaymentsThatAreClosestTogetherForTheirAge_AreGathered()
    {
        var line = LineOf([0, 60, .. Enumerable.Range(0, PolicyLimits.Slices - 1).Select(n => 36_000 + 30 * n)]);
        Assert.Equal(Slice(0, 60, 2, 2), line.Slices[0]);
        Assert.All(line.Slices.Skip(1), slice => Assert.Equal(1, slice.Payments));
    }

    /// <summary>A clock that was ahead: what it dates after now is as new as what is made now.</summary>
    [Fact]
    public void PaymentsOfTheFuture_HaveNoAge()
    {
        var slices = Enumerable.Range(0, PolicyLimits.Slices).Select(n => Slice(1000 + n * (n + 1), 1000 + n * (n + 1), 1, 1));
        var line = (Nothing with { Slices = [.. slices] }).With(Slice(999_999, 999_999, 1, 1), Noon);
        Assert.Equal(Slice(1000, 1002, 2, 2), line.Slices[0]);
    }

    [Fact]
    public void BothLines_AreOneOfAnyAsset_OldestFirst()
    {
        var both = LineOf([0, 20, 40]).And(LineOf([10, 30]) with { Asset = Fake }, Noon.AddSeconds(40));
        Assert.Equal((PaymentDirection.Out, SpendingLine.AnyAsset), (both.Direction, both.Asset));
        Assert.Equal([Slice(0, 0, 1, 1), Slice(10, 10, 1, 1), Slice(20, 20, 1, 1), Slice(30, 30, 1, 1), Slice(40, 40, 1, 1)], both.Slices);
    }

    /// <summary>Payments of 1, so many seconds after noon.</summary>
    private static SpendingLine LineOf(IEnumerable<int> seconds) => seconds.Aggregate(Nothing, (line, at) => line.With(Slice(at, at, 1, 1), Noon.AddSeconds(at)));

    private static SpendingSlice Slice(int from, int until, int payments, int amount) => new(Noon.AddSeconds(from), Noon.AddSeconds(until), payments, (UInt128)amount);
}

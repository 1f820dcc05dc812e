namespace AgentMesh.Conformance.Targets;

/// <summary>What this run could not look at.</summary>
public sealed class AvailabilityTests
{
    [Theory]
    [InlineData(Target.Sqlite)]
    [InlineData(Target.Redis)]
    [InlineData(Target.LocalDaprd)]
    [InlineData(Target.Daprd)]
    public void Target_IsThere(Target target)
    {
        var reason = Availability.WhyNot(target);
        Assert.SkipUnless(reason is null, $"No behavior ran against {target}: {reason}");
    }
}

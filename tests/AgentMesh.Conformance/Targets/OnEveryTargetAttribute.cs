using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace AgentMesh.Conformance.Targets;

/// <summary>
/// Runs a behavior against every target that is there; <see cref="AvailabilityTests"/> says which are not. Arguments, if any, follow the
/// target; several attributes are several rows.
/// </summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class OnEveryTargetAttribute(params object?[] arguments) : DataAttribute
{
    /// <inheritdoc/>
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. Availability.Targets.Select(target => new TheoryDataRow([target, .. arguments]))]);

    /// <inheritdoc/>
    public override bool SupportsDiscoveryEnumeration() => true;
}

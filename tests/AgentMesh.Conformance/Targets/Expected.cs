namespace AgentMesh.Conformance.Targets;

/// <summary>A row in which the local sidecar differs from daprd on purpose (docs/decisions/0001-local-sidecar.md).</summary>
/// <param name="Daprd">What daprd does.</param>
/// <param name="Ours">What the local sidecar does.</param>
/// <param name="Because">Why.</param>
internal sealed record Expected<T>(T Daprd, T Ours, string Because)
{
    public T Of(Target target) => target == Target.Daprd ? Daprd : Ours;
}

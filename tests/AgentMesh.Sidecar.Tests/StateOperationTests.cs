namespace AgentMesh.Sidecar.Tests;

public sealed class StateOperationTests
{
    [Fact]
    public void NullValue_Deletes() => Assert.Null(new Sidecar.State.StateOperation("k", null).Value);
}

namespace AgentMesh.Sidecar.Tests;

public sealed class StateOperationTests
{
    [Fact]
    public void NullValue_Deletes() => Assert.Null(new State.StateOperation("k", null).Value);
}

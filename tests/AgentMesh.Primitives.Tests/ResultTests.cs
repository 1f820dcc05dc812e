namespace AgentMesh.Primitives.Tests;

public sealed class ResultTests
{
    [Fact]
    public void Result_OfAValue_IsNotRefused()
    {
        Result<string> result = "yes";
        Assert.False(result.IsRefused);
        Assert.Equal("yes", result.Value);
        Assert.Null(result.Refusal);
    }

    [Fact]
    public void Result_OfARefusal_HasNoValue()
    {
        Result<string> result = new Refusal("not_now", "Not now.");
        Assert.True(result.IsRefused);
        Assert.Null(result.Value);
        Assert.Equal("not_now", result.Refusal.Code);
    }
}

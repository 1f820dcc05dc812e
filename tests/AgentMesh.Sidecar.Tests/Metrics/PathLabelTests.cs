using AgentMesh.Sidecar.Metrics;

namespace AgentMesh.Sidecar.Tests.Metrics;

/// <summary>dapr: pkg/diagnostics/http_monitoring_legacy_test.go, and what the SDK sends.</summary>
public sealed class PathLabelTests
{
    [Theory]
    [InlineData("/dapr/config", "/dapr/config")]
    [InlineData("/v1/state/statestore/key", "/v1/state/statestore")]
    [InlineData("/v1/state/statestore", "/v1/state/statestore")]
    [InlineData("/v1.0/secrets/keyvault/name", "/v1.0/secrets/keyvault")]
    [InlineData("/v1.0/actors/DemoActor/1/timer/name", "/v1.0/actors/DemoActor/{id}/timer")]
    [InlineData("/v1.0/actors/DemoActor/default:alice/method/Save", "/v1.0/actors/DemoActor/{id}/method")]
    [InlineData("//v1.0//actors/DemoActor/1/state", "/v1.0/actors/DemoActor/{id}/state")]
    [InlineData("/v1.0/actors/DemoActor", "/v1.0/actors/DemoActor")]
    [InlineData("/actors/DemoActor/1/method/method1", "actors/DemoActor/{id}/method/method1")]
    [InlineData("/actors/DemoActor/1/method/remind/tick", "actors/DemoActor/{id}/method/remind/tick")]
    [InlineData("/actors/DemoActor/1", "actors/DemoActor/{id}")]
    [InlineData("/v1.0/invoke/app/method/a/b?secret=1", "/v1.0/invoke/app/method/a/b")]
    [InlineData("/v1.0/healthz", "/v1.0/healthz")]
    [InlineData("/", "/")]
    [InlineData("", "/")]
    public void Path_IsGroupedAsDaprdDoes(string path, string expected)
    {
        Span<char> label = stackalloc char[PathLabel.MaxLength];
        Assert.Equal(expected, label[..PathLabel.Write(path, label)].ToString());
    }

    [Fact]
    public void LongPath_IsCut()
    {
        Span<char> label = stackalloc char[PathLabel.MaxLength];
        Assert.Equal(PathLabel.MaxLength, PathLabel.Write("/v1.0/invoke/app/method/" + new string('x', 4096), label));
    }
}

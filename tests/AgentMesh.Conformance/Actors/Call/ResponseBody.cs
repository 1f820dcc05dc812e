using AgentMesh.Conformance.Targets;

namespace AgentMesh.Conformance.Actors.Call;

/// <summary>dapr: actors/call/responsebody.go. Body and headers of the app's answer reach the caller.</summary>
public sealed class ResponseBody(Meshes meshes)
{
    [Theory]
    [OnEveryTarget]
    public async Task Answer_BodyTypeAndHeaders_Pass(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        actor.Probe.Returns(200, "<a/>", "application/xml", ("X-Own", "of the app"));
        var answer = await actor.CallAsync();
        answer.Is(200, "<a/>");
        Assert.Equal("application/xml", answer.Header("Content-Type"));
        Assert.Equal("of the app", answer.Header("X-Own"));
    }

    [Theory]
    [OnEveryTarget]
    public async Task Answer_WithoutAType_IsJson(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        actor.Probe.Returns(200, "5");
        var answer = await actor.CallAsync();
        answer.Is(200, "5");
        Assert.Equal("application/json", answer.Header("Content-Type"));
    }

    [Theory]
    [OnEveryTarget]
    public async Task Answer_WithoutABody_Is200(Target target)
    {
        var actor = (await meshes.SharedAsync(target)).App.Actor();
        (await actor.CallAsync()).Is(200, "");
    }

    [Theory]
    [OnEveryTarget]
    public async Task Bytes_PassBothWays_Unchanged(Target target)
    {
        var mesh = await meshes.SharedAsync(target);
        var actor = mesh.App.Actor();
        actor.Probe.Handler = async (context, got) => await context.Response.Body.WriteAsync(got.Body.Reverse().ToArray());
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        using var request = mesh.App.Request("PUT", $"{actor.Path}/method/echo", new ByteArrayContent(bytes));
        using var response = await mesh.App.SendAsync(request);
        Assert.Equal(bytes.Reverse(), await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }
}

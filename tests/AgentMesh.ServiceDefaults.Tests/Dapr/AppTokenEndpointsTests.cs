using AgentMesh.ServiceDefaults.Dapr;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AgentMesh.ServiceDefaults.Tests.Dapr;

public sealed class AppTokenEndpointsTests
{
    [Theory]
    [InlineData("right", "right", 200)]
    [InlineData("right", null, 401)]
    [InlineData("right", "", 401)]
    [InlineData("right", "wrong", 401)]
    [InlineData("right", "RIGHT", 401)]
    [InlineData("right", "righ", 401)]
    [InlineData("right", "right,right", 401)]
    [InlineData(null, null, 200)]
    [InlineData(null, "anything", 200)]
    public async Task Token_IsDemandedOfHandlersAndRequestDelegates(string? expected, string? given, int status)
    {
        var sidecar = new SidecarOptions("http://localhost:3500", null, expected);
        await using var server = await ServiceServer.StartAsync("Development", app =>
        {
            app.MapGet("/handler", () => "ok").RequireDaprAppToken(sidecar);
            app.MapGet("/delegate", context => context.Response.WriteAsync("ok", context.RequestAborted)).RequireDaprAppToken(sidecar);
        });
        foreach (var path in new[] { "/handler", "/delegate" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (given is not null)
                request.Headers.TryAddWithoutValidation(AppTokenEndpoints.Header, given);
            using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(status, (int)response.StatusCode);
        }
    }
}

using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AgentMesh.ServiceDefaults.Tests.Problems;

public sealed class FaultMiddlewareTests
{
    [Theory]
    [InlineData("Development")]
    [InlineData("Staging")]
    [InlineData("Production")]
    public async Task Exception_IsAProblemWithoutItsText_InEveryEnvironment(string environment)
    {
        await using var server = await ServiceServer.StartAsync(
            environment, app => app.MapGet("/", IResult () => throw new InvalidOperationException("secret", new FormatException("inner secret"))));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Accept.ParseAdd("text/html");
        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        await AssertProblemAsync(response, HttpStatusCode.InternalServerError, "internal_error");
    }

    [Theory]
    [InlineData(400, 400, "bad_request")]
    [InlineData(408, 408, "request_timeout")]
    [InlineData(413, 413, "body_too_large")]
    [InlineData(431, 400, "bad_request")]
    public async Task RefusalOfTheHttpServer_IsAProblemInOurWords(int thrown, int status, string code)
    {
        await using var server = await ServiceServer.StartAsync("Development", app => app.MapGet("/", IResult () => throw new BadHttpRequestException("secret", thrown)));
        using var response = await server.Client.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        await AssertProblemAsync(response, (HttpStatusCode)status, code);
    }

    [Fact]
    public async Task ExceptionAfterTheAnswerBegan_CutsTheAnswer()
    {
        await using var server = await ServiceServer.StartAsync("Development", app => app.Run(async context =>
        {
            await context.Response.WriteAsync("half", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            throw new InvalidOperationException("secret");
        }));
        using var response = await server.Client.GetAsync(new Uri("/", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static async Task AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.ToString());
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", body, StringComparison.Ordinal);
        var problem = JsonDocument.Parse(body).RootElement;
        Assert.Equal(["type", "title", "status", "detail", "traceId"], problem.EnumerateObject().Select(member => member.Name));
        Assert.Equal("urn:agentmesh:problem:" + code, problem.GetProperty("type").GetString());
    }
}

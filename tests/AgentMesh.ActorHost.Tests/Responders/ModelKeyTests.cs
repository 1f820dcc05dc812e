using System.Collections.Concurrent;
using AgentMesh.ActorHost.Responders;
using AgentMesh.Testing.ModelServer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentMesh.ActorHost.Tests.Responders;

/// <summary>The key from a secret store of the sidecar.</summary>
public sealed class ModelKeyTests
{
    [Theory]
    [InlineData("vault/openai", """{"openai":"sk-1"}""", "sk-1")]
    [InlineData("vault/openai", """{"openai":"sk-1\n"}""", "sk-1")]
    [InlineData("vault/openai", """{"key":"sk-1"}""", "sk-1")]
    [InlineData("vault/openai", """{"openai":"sk-1","other":"sk-2"}""", "sk-1")]
    [InlineData("vault/openai/other", """{"openai":"sk-1","other":"sk-2"}""", "sk-2")]
    [InlineData("vault/openai", """{"a":"sk-1","b":"sk-2"}""", null)]
    [InlineData("vault/openai/c", """{"a":"sk-1"}""", null)]
    [InlineData("vault/openai", """{"openai":"sk 1"}""", null)]
    [InlineData("vault/openai", """{"openai":1}""", null)]
    [InlineData("vault/openai", """[]""", null)]
    public async Task Key_IsFoundInTheSecret(string place, string secret, string? key)
    {
        await using var sidecar = await SecretSidecar.StartAsync(_ => (200, secret));
        await using var model = await StartAsync(sidecar, place);
        var answer = await model.AnswerAsync();
        Assert.Equal("GET /v1.0/secrets/vault/openai dapr-secret", Assert.Single(sidecar.Calls));
        if (key is not null)
        {
            Assert.Null(answer.Failure);
            Assert.Equal("Bearer " + key, (await model.Server.Requests.ReadAsync(TestContext.Current.CancellationToken)).Headers["authorization"]);
            return;
        }

        Assert.Equal((ResponderFailures.ModelRejected, false), (answer.Failure?.Code, answer.Failure?.IsTransient));
        Assert.Contains("AgentMesh__Responder__ApiKeySecret", answer.Failure!.Detail, StringComparison.Ordinal);
        Assert.Equal(0, model.Server.Count);
    }

    [Theory]
    [InlineData(404, "model_rejected", false)]
    [InlineData(204, "model_rejected", false)]
    [InlineData(403, "model_rejected", false)]
    [InlineData(500, "model_unavailable", true)]
    [InlineData(200, "model_unavailable", true)]
    public async Task SecretThatCannotBeRead_AsksNoModel(int status, string code, bool isTransient)
    {
        await using var sidecar = await SecretSidecar.StartAsync(_ => (status, status == 204 ? "" : "{no json"));
        await using var model = await StartAsync(sidecar, "vault/openai");
        var failure = (await model.AnswerAsync()).Failure;
        Assert.Equal((code, isTransient), (failure?.Code, failure?.IsTransient));
        Assert.Equal(0, model.Server.Count);
    }

    [Fact]
    public async Task Key_IsReadOnce_AndAgainWhenItsProviderRefusesIt()
    {
        await using var sidecar = await SecretSidecar.StartAsync(call => (200, $$"""{"openai":"sk-{{call}}"}"""));
        await using var model = await StartAsync(sidecar, "vault/openai");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => model.AnswerAsync()));
        Assert.Single(sidecar.Calls);

        model.Server.Behave(new ModelBehavior { Status = 401, ErrorWord = "invalid_api_key" });
        Assert.Equal(ResponderFailures.ModelRejected, (await model.AnswerAsync()).Failure?.Code);
        Assert.Single(sidecar.Calls);
        Assert.Null((await model.AnswerAsync()).Failure);
        Assert.Equal(2, sidecar.Calls.Count);
        var keys = new List<string>();
        while (model.Server.Requests.TryRead(out var request))
            keys.Add(request.Headers["authorization"]);
        Assert.Equal([.. Enumerable.Repeat("Bearer sk-1", 9), "Bearer sk-2"], keys);
    }

    [Fact]
    public async Task NameWithASlash_IsWrittenEscaped()
    {
        await using var sidecar = await SecretSidecar.StartAsync(_ => (200, """{"only":"sk-1"}"""));
        await using var model = await StartAsync(sidecar, "my%20vault/models%2Fopenai");
        Assert.Null((await model.AnswerAsync()).Failure);
        Assert.Equal("GET /v1.0/secrets/my%20vault/models%2Fopenai dapr-secret", Assert.Single(sidecar.Calls));
    }

    private static Task<ResponderUnderTest> StartAsync(SecretSidecar sidecar, string place) => ResponderUnderTest.StartAsync(
        ResponderProviders.OpenAI,
        options =>
        {
            options.ApiKey = null;
            options.ApiKeySecret = place;
            options.Retries = 0;
        },
        sidecar.Address);

    /// <summary>The sidecar's secrets API, answered by the test.</summary>
    private sealed class SecretSidecar : IAsyncDisposable
    {
        private readonly WebApplication _app;

        private SecretSidecar(WebApplication app) => _app = app;

        public ConcurrentQueue<string> Calls { get; } = new();

        public string Address => _app.Urls.First();

        public static async Task<SecretSidecar> StartAsync(Func<int, (int Status, string Body)> answer)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
            var sidecar = new SecretSidecar(builder.Build());
            sidecar._app.Run(async context =>
            {
                var target = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
                sidecar.Calls.Enqueue($"{context.Request.Method} {target} {context.Request.Headers["dapr-api-token"]}");
                var (status, body) = answer(sidecar.Calls.Count);
                context.Response.StatusCode = status;
                if (body.Length > 0)
                    await context.Response.WriteAsync(body, context.RequestAborted);
            });
            await sidecar._app.StartAsync();
            return sidecar;
        }

        public async ValueTask DisposeAsync()
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
    }
}

using System.Net;
using AgentMesh.Evm.Rpc;
using AgentMesh.X402.Exact.Evm.ResourceServer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentMesh.X402.Tests.Exact.Evm.ResourceServer;

/// <summary>
/// What is sent with handlers of its own, over real HTTP. Payments and questions about them go where the configuration says and nowhere else: a redirect
/// would take them to others, and a cookie would let others tell whose questions belong together.
/// </summary>
public sealed class OwnHandlerTests
{
    [Fact]
    public async Task Facilitator_CannotSendAPaymentElsewhere()
    {
        await using var server = await RedirectingServer.StartAsync();
        using var client = FacilitatorClient.CreateHttpClient(server.Url);
        foreach (var path in new[] { "first", "second" })
        {
            using var answer = await client.PostAsync(new Uri(path, UriKind.Relative), new StringContent("{}"), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.TemporaryRedirect, answer.StatusCode);
        }

        Assert.Equal([("/first", false), ("/second", false)], server.Requests);
    }

    [Fact]
    public async Task Node_CannotSendAQuestionElsewhere()
    {
        await using var server = await RedirectingServer.StartAsync();
        using var look = new ChainLook(server.Url, TimeProvider.System);
        var transfer = AuthorizedTransfer.Of(TestPayments.Sign(2).Payment);
        for (var asked = 0; asked < 2; asked++)
        {
            var failed = await Assert.ThrowsAsync<EvmRpcException>(() => look.LookAsync(transfer, null, TestContext.Current.CancellationToken));
            Assert.Equal(HttpStatusCode.TemporaryRedirect, failed.StatusCode);
        }

        Assert.Equal([("/", false), ("/", false)], server.Requests);
    }

    [Fact]
    public async Task ClosedLook_AsksNobodyAnyMore()
    {
        await using var server = await RedirectingServer.StartAsync();
        var look = new ChainLook(server.Url, TimeProvider.System);
        look.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => look.LookAsync(AuthorizedTransfer.Of(TestPayments.Sign(2).Payment), null, TestContext.Current.CancellationToken));
        Assert.Empty(server.Requests);
    }

    /// <summary>Answers everything with a cookie and a redirect, and remembers what path came and whether with a cookie.</summary>
    private sealed class RedirectingServer(WebApplication app) : IAsyncDisposable
    {
        public List<(string Path, bool HasCookie)> Requests { get; } = [];

        public Uri Url => new(app.Urls.Single() + "/");

        public static async Task<RedirectingServer> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
            var app = builder.Build();
            var server = new RedirectingServer(app);
            app.Run(context =>
            {
                server.Requests.Add((context.Request.Path, context.Request.Headers.Cookie.Count > 0));
                context.Response.Cookies.Append("who", "you", new CookieOptions { Path = "/" });
                context.Response.Redirect("/elsewhere", permanent: false, preserveMethod: true);
                return Task.CompletedTask;
            });
            await app.StartAsync();
            return server;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}

using System.Net.Http.Json;
using System.Text.Json;
using AgentMesh.Testing.ModelServer;

namespace AgentMesh.EndToEnd;

/// <summary>A gateway is killed under its clients; they go on at another one.</summary>
public sealed class GatewayKillTests
{
    private const int Users = 20;
    private const int Clients = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task StreamingClients_SeeTheWholeLogOnce_ThroughAnotherReplica(StoreKind kind)
    {
        LongForm.UnlessOn(kind, StoreKind.Redis);
        await using var store = await TestStore.CreateAsync(kind);
        await using var model = await ModelServerProcess.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var mesh = await Mesh.StartAsync(store.Data, store.Redis, "ready.json", ["--replicas", "gateway=2", .. MeshOptions.Model(model, "20ms-12tokens")]);
        var (stays, dies) = (mesh.Ready.Gateways[0], mesh.Ready.Gateways[1]);
        var dying = mesh.Ready.Apps.Single(app => app.Id == "gateway" && app.AppPort == dies.Port).Pid;
        var isDead = false;
        var sockets = Enumerable.Range(0, Clients).Select(n => new AgentSocket($"user-{n % Users}", () => Volatile.Read(ref isDead) ? stays : dies)).ToList();
        sockets.ForEach(socket => socket.Start());
        using var client = new AgentClient(stays);

        // All are connected and have seen a first exchange.
        await PostAsync(client, "before");
        await Task.WhenAll(sockets.Select(socket => socket.WaitForAsync(2, Patience)));
        var posting = PostAsync(client, "while it dies");
        // All models write: every user's message is there, none of the answers.
        await Task.WhenAll(sockets.Select(socket => socket.WaitForAsync(3, Patience)));
        Volatile.Write(ref isDead, true);
        Mesh.Kill(dying);
        await posting;
        await PostAsync(client, "after");

        await Task.WhenAll(sockets.Select(socket => socket.WaitForAsync(6, Patience)));
        await Task.WhenAll(sockets.Select(socket => socket.StopAsync()));
        for (var n = 0; n < Clients; n++)
        {
            Assert.Empty(sockets[n].Faults);
            Assert.True(sockets[n].Connections >= 2);
            Assert.Equal(await LogAsync(client, $"user-{n % Users}"), sockets[n].Events.Select(one => one.GetProperty("content").GetString()));
            sockets[n].Dispose();
        }
    }

    private static Task<AgentClient.Posted[]> PostAsync(AgentClient client, string content) =>
        Task.WhenAll(Enumerable.Range(0, Users).Select(user => client.PostAsync($"user-{user}", content)));

    private static async Task<List<string?>> LogAsync(AgentClient client, string user)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/agent/{user}/events?after=0");
        request.Headers.Add("Accept", "application/json");
        using var answer = await client.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var log = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return [.. log.GetProperty("events").EnumerateArray().Select(one => one.GetProperty("data").GetProperty("content").GetString())];
    }
}

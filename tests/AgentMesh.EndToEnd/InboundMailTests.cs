using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace AgentMesh.EndToEnd;

/// <summary>An outside service publishes messages to agents, with the agents' process killed in the middle; another app reads the dead letters.</summary>
public sealed class InboundMailTests
{
    private const int Services = 3;
    private const int Events = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Theory]
    [InlineData(StoreKind.Embedded)]
    [InlineData(StoreKind.Redis)]
    public async Task EveryEvent_IsOneMessage_ThoughItComesTwiceAndTheAgentsAreKilled_AndABadOneIsDeadOnce(StoreKind kind)
    {
        if (kind == StoreKind.Redis)
            LongForm.OrSkip();
        await using var store = await TestStore.CreateAsync(kind);
        await using var mesh = await Mesh.StartAsync(store.Data, store.Redis, "ready.json", "--run-file", WriteRunFile(store.Data));
        var dead = new ConcurrentQueue<string>();
        mesh.Printed += line =>
        {
            if (line.IndexOf("event {", StringComparison.Ordinal) is >= 0 and var at)
                dead.Enqueue(JsonElement.Parse(line[(at + 6)..]).GetProperty("id").GetString()!);
        };
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{mesh.Ready.App("payments").DaprHttpPort}") };
        http.DefaultRequestHeaders.Add("dapr-api-token", Mesh.DaprToken);

        await PublishAsync(http, "bad", "service-0", "alice", "");
        var killed = Task.CompletedTask;
        for (var n = 0; n < Events; n++)
        {
            for (var service = 0; service < Services; service++)
            {
                await PublishAsync(http, $"{service}-{n}", $"service-{service}", "alice", $"{service}-{n}");
                await PublishAsync(http, $"{service}-{n}", $"service-{service}", "alice", $"{service}-{n}");
            }

            if (n == Events / 3)
                killed = mesh.ReplaceAsync(mesh.Ready.App("agents"), seconds: 60);
        }

        await killed;
        using var limit = new CancellationTokenSource(Patience);
        string[] all = [.. from service in Enumerable.Range(0, Services) from n in Enumerable.Range(0, Events) select $"{service}-{n}"];
        while (!all.All((await InboxAsync(mesh, "default:alice")).Contains) || dead.IsEmpty)
        {
            Assert.False(limit.IsCancellationRequested, $"Came: {string.Join(' ', await InboxAsync(mesh, "default:alice"))}. Dead: {string.Join(' ', dead)}.");
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }

        Assert.Equal(all.Order(StringComparer.Ordinal), (await InboxAsync(mesh, "default:alice")).Order(StringComparer.Ordinal));
        Assert.Equal(["bad"], dead);
    }

    /// <summary>The mesh, and an app beside it that prints what comes to the dead-letter topic.</summary>
    private static string WriteRunFile(string data)
    {
        var resources = Directory.CreateDirectory(Path.Combine(data, "resources")).FullName;
        File.WriteAllText(Path.Combine(resources, "dead.yaml"), """
            apiVersion: dapr.io/v2alpha1
            kind: Subscription
            metadata:
              name: dead-mail
            spec:
              pubsubname: pubsub
              topic: agentmesh.mail.dead
              routes:
                default: /print
            scopes:
              - reader
            """);
        var text = File.ReadAllText(Path.Combine(Mesh.Root, "dapr/dapr.yaml"))
            .Replace("    - ../components\n", $"    - {Mesh.Root}/components\n    - {resources}\n", StringComparison.Ordinal)
            .Replace("config.yaml", $"{Mesh.Root}/dapr/config.yaml", StringComparison.Ordinal)
            .Replace("../src/", $"{Mesh.Root}/src/", StringComparison.Ordinal);
        var path = Path.Combine(data, "dapr.yaml");
        File.WriteAllText(path, text + $"""
              - appID: reader
                appDirPath: {Mesh.Root}/tests/AgentMesh.Testing.StubApp
                appPort: 8092
                command: ["dotnet", "bin/Release/net10.0/AgentMesh.Testing.StubApp.dll"]
                env:
                  APP_ID: reader

            """);
        return path;
    }

    private static async Task PublishAsync(HttpClient http, string id, string from, string to, string content)
    {
        var cloudEvent = JsonSerializer.Serialize(new { specversion = "1.0", id, source = "/" + from, type = "com.example.message", data = new { from, to, content } });
        using var body = new StringContent(cloudEvent, Encoding.UTF8, "application/cloudevents+json");
        using var answer = await http.PostAsync(new Uri("/v1.0/publish/pubsub/agentmesh.mail", UriKind.Relative), body, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    private static async Task<List<string>> InboxAsync(Mesh mesh, string agent)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{mesh.Ready.App("agents").DaprHttpPort}") };
        http.DefaultRequestHeaders.Add("dapr-api-token", Mesh.DaprToken);
        using var answer = await http.PutAsJsonAsync($"/v1.0/actors/AgentActor/{agent}/method/ListMail", new { isSent = false, limit = 100 }, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        var page = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return [.. page.GetProperty("value").GetProperty("messages").EnumerateArray().Select(mail => mail.GetProperty("content").GetString()!)];
    }
}

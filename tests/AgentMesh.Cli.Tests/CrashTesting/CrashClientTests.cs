using System.Net;
using System.Text;
using System.Text.Json;
using AgentMesh.Cli.CrashTesting.Driving;
using AgentMesh.Cli.CrashTesting.Running;
using AgentMesh.Cli.Meshes;
using AgentMesh.CrashKit.Histories;

namespace AgentMesh.Cli.Tests.CrashTesting;

/// <summary>What a client knows by what it is answered.</summary>
public sealed class CrashClientTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agentmesh-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>0: no answer came.</summary>
    [Theory]
    [InlineData(0, OutcomeKind.Unknown, null)]
    [InlineData(200, OutcomeKind.Acknowledged, null)]
    [InlineData(202, OutcomeKind.Acknowledged, null)]
    [InlineData(299, OutcomeKind.Acknowledged, null)]
    [InlineData(302, OutcomeKind.Refused, "http_302")]
    [InlineData(400, OutcomeKind.Refused, "http_400")]
    [InlineData(404, OutcomeKind.Refused, "http_404")]
    [InlineData(408, OutcomeKind.Unknown, "http_408")]
    [InlineData(425, OutcomeKind.Unknown, "http_425")]
    [InlineData(429, OutcomeKind.Refused, "http_429")]
    [InlineData(499, OutcomeKind.Refused, "http_499")]
    [InlineData(500, OutcomeKind.Unknown, "http_500")]
    [InlineData(503, OutcomeKind.Unknown, "http_503")]
    public void Answer_SaysWhatIsKnown(int status, OutcomeKind kind, string? code) =>
        Assert.Equal(new Outcome(kind, code), CrashClient.OutcomeOf(new GatewayAnswer(status == 0 ? null : (HttpStatusCode)status, [], null)));

    [Fact]
    public void Code_IsTheProblems() => Assert.Equal(
        Outcome.Refused("rate_limited"), CrashClient.OutcomeOf(new GatewayAnswer(HttpStatusCode.TooManyRequests, Encoding.UTF8.GetBytes("""{"type":"urn:agentmesh:problem:rate_limited"}"""), null)));

    /// <summary>A message is the same event over every transport.</summary>
    [Fact]
    public void Event_IsTheSame_OverEveryTransport()
    {
        var polled = EventReading.EventOf(JsonElement.Parse("""{"seq":2,"at":"2026-01-02T03:04:05Z","session":"default","type":"message","data":{"turn":"1","role":"assistant","content":"Yes."}}"""));
        var framed = EventReading.FrameOf(JsonElement.Parse("""{"type":"message","role":"assistant","content":"Yes.","timestamp":1767323045000,"seq":2,"sessionId":"default","turn":"1"}"""));
        Assert.Equal(new LogEvent(2, "message", "1", "assistant", "Yes."), polled);
        Assert.Equal(polled, framed);
    }

    [Theory]
    [InlineData("""{"type":"event","event":{"seq":3,"at":"x","session":"default","type":"error","data":{"turn":"1","code":"turn_failed"}}}""", "seq 3 error of turn 1 '{\"turn\":\"1\",\"code\":\"turn_failed\"}'")]
    [InlineData("""{"type":"delta","turn":"1","attempt":1,"at":0,"text":"x"}""", null)]
    [InlineData("""{"type":"welcome","userId":"alice"}""", null)]
    [InlineData("""{"type":"ping"}""", null)]
    public void Frame_IsAnEvent_OrNone(string frame, string? expected) => Assert.Equal(expected, EventReading.FrameOf(JsonElement.Parse(frame))?.ToString());

    [Fact]
    public void ReadyFile_NamesProcesses()
    {
        var file = Path.Combine(_folder, "ready.json");
        Assert.Null(MeshProcesses.TryRead(file));
        File.WriteAllText(file, """{"gateway":"http://127.0.0.1:5","gateways":["http://127.0.0.1:5","http://127.0.0.1:6"],"sidecarPid":1,"apps":[{"id":"agents","pid":2,"appPort":3},{"id":"facilitator","pid":4,"appPort":7}]}""");
        var processes = MeshProcesses.TryRead(file)!;
        Assert.Equal((1, 2), (processes.SidecarPid, processes.Apps.Count));
        Assert.Equal([5, 6], processes.Gateways.Select(gateway => gateway.Port));
        Assert.Equal(new Uri("http://127.0.0.1:7"), processes.AddressOf("facilitator"));
        Assert.Null(processes.AddressOf("payments"));
    }
}

namespace AgentMesh.EndToEnd.Docs;

/// <summary>Blocks of commands that are not run, by page and first line, each with the reason. A row whose block is gone is an error, and so is a block without either.</summary>
internal static class NotRun
{
    private const string Suite = "The suite runs the suite: it is what runs this.";
    private const string Long = "Takes minutes.";
    private const string Internet = "Gets packages from the internet.";
    private const string Cluster = "Needs Docker or a cluster; ChartCommandTests holds its files and values against the chart.";
    private const string Configured = "A mesh that is configured otherwise; the tests of the feature start one.";
    private const string Daprd = "Needs real daprd.";

    public static readonly IReadOnlyList<Row> Rows =
    [
        new("docs/tutorial.md", "npx @modelcontextprotocol/inspector --cli http://127.0.0.1:8080/agent/alice/mcp --transport http --method tools/list", Internet),
        new("docs/tutorial.md", "$ dotnet run --project src/AgentMesh.Sidecar -- run -f samples/MyAgent/dapr.yaml", "SampleTests starts it, and runs what follows."),
        new("docs/tutorial.md", "$ curl http://127.0.0.1:8080/agent/dave/message -H 'content-type: application/json' -d '{\"content\":\"weather in Paris\"}'", "SampleTests runs it against its own mesh."),
        new("docs/tutorial.md", "dotnet test", Suite),
        new("README.md", "dotnet run --project src/AgentMesh.Sidecar -- run -f dapr/dapr.yaml --set AgentMesh__Responder__Provider=openai --set AgentMesh__Responder__Model=llama3.2 --set AgentMesh__Responder__Endpoint=http://127.0.0.1:11434/v1", Configured),
        new("docs/howto-models.md", "dotnet run --project src/AgentMesh.Sidecar -- run -f dapr/dapr.yaml --set AgentMesh__Responder__Provider=openai --set AgentMesh__Responder__Model=llama3.2 --set AgentMesh__Responder__Endpoint=http://127.0.0.1:11434/v1", Configured),
        new("docs/howto-mcp.md", "npx @modelcontextprotocol/inspector --cli http://127.0.0.1:8080/agent/alice/mcp --transport http --method tools/list", Internet),
        new("docs/howto-run.md", "export AGENTMESH_TOKEN=$(openssl rand -hex 32)", Configured),
        new("docs/howto-run.md", "for app in agents facilitator gateway payments; do docker build --target $app -t agentmesh-$app:0.1.0 . && kind load docker-image agentmesh-$app:0.1.0; done", Cluster),
        new("docs/howto-run.md", "for app in agents gateway payments; do docker build --target $app -t ghcr.io/you/agentmesh-$app:0.1.0 --push .; done", Cluster),
        new("docs/howto-run.md", "dotnet run -c Release --project bench/AgentMesh.Bench", Long),
        new("docs/audit.md", "AGENTMESH_TOKEN=… dotnet run --project src/AgentMesh.Cli -- audit verify --url http://127.0.0.1:8080 --tenant acme", Configured),
        new("docs/threat-model.md", "AGENTMESH_TOKEN=$BOOTSTRAP_KEY dotnet run --project src/AgentMesh.Cli -- canary --url https://agents.example.org --operations 10000 --log gateway.log", Configured),
        new("docs/crash-test.md", "dotnet run --project src/AgentMesh.Cli -- crash-test messages --seconds 180 --seed 7", Long),
        new("docs/crash-test.md", "cat > kill.sh <<'EOF'", Cluster),
        new("docs/conformance.md", "dotnet test --project tests/AgentMesh.Conformance -c Release", Suite),
        new("docs/conformance.md", "CONFORMANCE_DAPRD=~/.dapr/bin/daprd CONFORMANCE_PLACEMENT=~/.dapr/bin/placement CONFORMANCE_SCHEDULER=~/.dapr/bin/scheduler \\", Daprd),
        new("docs/conformance.md", "dotnet publish tests/AgentMesh.Conformance -c Release -r linux-x64 --self-contained -o out/conformance", Long),
        new("docs/conformance.md", "git clone https://github.com/dapr/dotnet-sdk", Internet),
        new("docs/conformance.md", "tests/sdk-e2e/generators.sh dotnet-sdk 127.0.0.1:6379", Internet),
        new("docs/telemetry.md", "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317 dotnet run --project src/AgentMesh.Sidecar -c Release -- run", Configured),
    ];

    /// <summary>Why a block is not run; null: it is.</summary>
    public static string? WhyNot(Block block) => Rows.FirstOrDefault(row => row.Page == block.Page && row.First == block.First)?.Reason;

    /// <summary>One block, and why it is not run.</summary>
    internal sealed record Row(string Page, string First, string Reason);
}

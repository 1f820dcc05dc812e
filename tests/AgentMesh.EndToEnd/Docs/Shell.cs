using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace AgentMesh.EndToEnd.Docs;

/// <summary>
/// A reader's terminal in a folder of its own, beside a mesh: <c>bash</c> with the ports of the page changed to those of the mesh, its agents to ones that no other page
/// has, and <c>dotnet run</c> to what was built.
/// </summary>
/// <param name="folder">Where the commands run: files of the page are there, and the mesh's data in <c>.agentmesh</c>.</param>
/// <param name="page">A number that no other page has: its agents and its home are its own.</param>
internal sealed partial class Shell(string folder, int page)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Nothing of the commands is changed but what is not the reader's to choose here: progress bars, the output that is built already, and where the mesh is.
    /// </summary>
    private const string Prelude =
        """
        set -eo pipefail
        exec 2>&1
        curl() {
          case "$*" in *"/v1.0/publish/"*) set -- "$@" -H "dapr-api-token: $DAPR_API_TOKEN" ;; esac
          command curl -sS ${CURL_FAILS:+--fail-with-body} "$@"
        }
        dotnet() {
          local project=$3
          while [ $# -gt 0 ] && [ "$1" != -- ]; do shift; done
          shift
          case "$project" in
            src/AgentMesh.Sidecar) command dotnet "$SIDECAR_DLL" "$@" ;;
            src/AgentMesh.Cli)
              case "$1" in
                init | rotate-keys) command dotnet "$CLI_DLL" "$@" ;;
                canary) command dotnet "$CLI_DLL" "$@" --url "$GATEWAY" ;;
                *) command dotnet "$CLI_DLL" "$@" --ready-file "$READY_FILE" ;;
              esac ;;
            *) echo "No output of $project is known here." ; return 1 ;;
          esac
        }
        """;

    /// <summary>The commands of pages that are written for Node are run where there is one.</summary>
    private static bool HasNode { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(part => File.Exists(Path.Combine(part, "node")));

    /// <summary>Runs a command and says what is wrong with what it printed; null: nothing.</summary>
    public async Task<string?> RunAsync(Command command, Mesh mesh)
    {
        if (!HasNode && NeedsNode().IsMatch(command.Text))
            return null;
        var answer = AnswerOf(command, mesh);
        using var process = Process.Start(Start(command, mesh))!;
        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        var printed = new StringBuilder();
        try
        {
            var buffer = new char[4096];
            while (await process.StandardOutput.ReadAsync(buffer, limit.Token) is > 0 and var read)
            {
                printed.Append(buffer, 0, read);
                if (answer is { GoesOn: true } && answer.IsOf(printed.ToString()))
                    return null;
            }

            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            return $"has not ended, or printed what the page says, within {Patience}:\n{printed}";
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }

        if (process.ExitCode != 0)
            return $"ended with {process.ExitCode}:\n{printed}";
        return WhyNot(command, mesh, printed.ToString());
    }

    /// <summary>What is wrong with what a command has printed; null: nothing, or the page does not say what it prints.</summary>
    public string? WhyNot(Command command, Mesh mesh, string printed) =>
        AnswerOf(command, mesh) is { } answer && !answer.IsOf(printed) ? $"printed\n{printed}\nand the page says\n{command.Answer}" : null;

    private Answer? AnswerOf(Command command, Mesh mesh) => command.Answer is null ? null : new Answer(command with { Text = At(mesh, command.Text), Answer = At(mesh, command.Answer) });

    private ProcessStartInfo Start(Command command, Mesh mesh)
    {
        var start = new ProcessStartInfo("bash", ["-c", $"{Prelude}\n{At(mesh, command.Text)}"]) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["HOME"] = Directory.CreateDirectory(Path.Combine(folder, $"home-{page}")).FullName;
        start.Environment["CLI_DLL"] = Mesh.CliDll;
        start.Environment["SIDECAR_DLL"] = Mesh.SidecarDll;
        start.Environment["GATEWAY"] = mesh.Ready.Gateway.OriginalString;
        start.Environment["READY_FILE"] = mesh.ReadyFilePath;
        start.Environment["DAPR_API_TOKEN"] = Mesh.DaprToken;
        // Before version 22 WebSocket is there when it is asked for.
        start.Environment["NODE_OPTIONS"] = "--experimental-websocket";
        start.Environment["NODE_NO_WARNINGS"] = "1";
        // Where the page says nothing of the answer, it is none that refuses.
        if (command.Answer is null)
            start.Environment["CURL_FAILS"] = "1";
        return start;
    }

    private string At(Mesh mesh, string text) => Agent().Replace(text, agent => $"{agent.Value}-{page}")
        .Replace("127.0.0.1:8080", mesh.Ready.Gateway.Authority, StringComparison.Ordinal)
        .Replace("127.0.0.1:8090", mesh.Ready.Dashboard.Authority, StringComparison.Ordinal)
        .Replace("localhost:3500", $"127.0.0.1:{mesh.Ready.App("agents").DaprHttpPort}", StringComparison.Ordinal);

    [GeneratedRegex(@"\bnode -[ep]\b")]
    private static partial Regex NeedsNode();

    // Not what the mesh says to try first.
    [GeneratedRegex(@"(?<!try: .*)\b(alice|bob|carol)\b")]
    private static partial Regex Agent();
}

namespace AgentMesh.Cli.Terminal;

/// <summary>What the process returns, for scripts. In the README of this project.</summary>
internal static class ExitCodes
{
    /// <summary>Done; of <c>pay</c>: answered with 2xx, paid or free.</summary>
    public const int Done = 0;

    /// <summary>It did not work: nobody was reached, or a server or this machine failed. Nothing was paid.</summary>
    public const int Failed = 1;

    /// <summary>The command line, or a file that it names, is wrong.</summary>
    public const int Usage = 2;

    /// <summary>Refused: by the seller, by the spending cap, by the faucet, by the gateway. The text says whether a payment was sent.</summary>
    public const int Refused = 3;

    /// <summary>A payment or a message was sent, or may have been, and nobody has said what became of it. The same command, of a message with its key, sends the same again.</summary>
    public const int Unknown = 4;

    /// <summary>Ctrl-C, of a payment before anything was signed: 128 and the number of SIGINT, as shells have it.</summary>
    public const int Canceled = 130;
}

namespace OrleansEcho.Testing.Processes;

/// <summary>What a process can be sent, with Linux' numbers.</summary>
public enum Signal
{
    None = 0,
    HangUp = 1,
    Interrupt = 2,
    Quit = 3,
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}
